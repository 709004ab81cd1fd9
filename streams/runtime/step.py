"""What a saga step gets and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from aggregates.review.aggregate import Review
from schemas.messages import StepItem


@dataclass(frozen=True, slots=True)
class Work:
    """One review that waits for the step, and the event that says so."""

    item: StepItem
    review: Review


@dataclass(frozen=True, slots=True)
class Done:
    """The effect is durable; these events follow."""

    events: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """The step cannot succeed for this review. `error` must not contain personal data."""

    error: Exception


Outcome: TypeAlias = Done | Failed


class Step(Protocol):
    """One step of the saga.

    `perform` makes the effect durable for all of `work` and answers for each in order. It may be called again for
    the same work, so its effect is idempotent. It raises a transient error when all of it should be tried again.
    """

    name: str

    async def perform(self, work: Sequence[Work]) -> Sequence[Outcome]:
        """Do the step's effect."""
        ...
