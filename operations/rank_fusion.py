"""Ranked lists as one, by ranks alone: scores of different kinds cannot be compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import TypeVar

T = TypeVar("T", bound=Hashable)
DAMPING = 60
"""Cormack, Clarke and Büttcher (2009): how little the first places differ from the next."""


def fused(lists: Sequence[Sequence[T]]) -> list[T]:
    """Everything in the lists once, by the sum of 1 / (60 + rank) over them; ties in the order of first appearance."""
    scores: dict[T, float] = defaultdict(float)
    for ranked in lists:
        for rank, one in enumerate(ranked, 1):
            scores[one] += 1 / (DAMPING + rank)
    return sorted(scores, key=lambda one: -scores[one])
