"""From what clauses say to the label of an aspect."""

from __future__ import annotations

import math
from collections.abc import Sequence

BAND = (0.35, 0.65)
"""Probabilities between these are undetermined: docs/aspects.md has the figures."""
CONTEXT = 0.3
"""Share of the whole sentence's opinion in what is said of a clause."""


def combined(own: float | None, sentence: Sequence[tuple[float | None, int]]) -> float | None:
    """The probability of a clause with its sentence's: log-odds, the sentence's weighed by words. None stays None."""
    if own is None:
        return None
    heard = [(_log_odds(p), length) for p, length in sentence if p is not None]
    mean = sum(odds * length for odds, length in heard) / sum(length for _, length in heard)
    return round(1 / (1 + math.exp(-(CONTEXT * mean + (1 - CONTEXT) * _log_odds(own)))), 4)


def label_of(p: float | None) -> str:
    """Of a probability that a clause is positive."""
    if p is None or BAND[0] < p < BAND[1]:
        return "undetermined"
    return "positive" if p >= BAND[1] else "negative"


def _log_odds(p: float) -> float:
    bounded = min(max(p, 0.001), 0.999)
    return math.log(bounded / (1 - bounded))
