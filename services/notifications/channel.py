"""What a notification channel is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from aggregates.review.outcomes import Delivered, GivenUp, Outcome, RetryLater
from schemas.messages import Notification

__all__ = ["Channel", "Delivered", "GivenUp", "Limits", "Outcome", "RetryLater", "Traced"]

LONGEST_DEADLINE = 60.0
"""Seconds. A batch of the step is bounded, too, and beyond that bound all of it would be tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced(Notification):
    """A notification with the W3C trace context that it belongs to: beside its contract, for the transport to carry."""

    traceparent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a channel may take of a worker.

    A batch waits `deadline` seconds at most for its answers; what it answers later is remembered for the retry. It has
    `threads` of its own. With `by_tenant` each tenant has one call at a time, so that one whose endpoint is dead holds
    up no other; without, a batch is one call.
    """

    deadline: float = 5.0
    threads: int = 32
    by_tenant: bool = True

    def __post_init__(self) -> None:
        """Raises ValueError for what a worker could not bear."""
        if not 0 < self.deadline <= LONGEST_DEADLINE:
            raise ValueError(f"deadline: give more than 0 and at most {LONGEST_DEADLINE:g} seconds")
        if self.threads < 1:
            raise ValueError("threads: give at least 1")


class Channel(Protocol):
    """A way to tell somebody. `name` is part of the notification's id and never changes."""

    @property
    def name(self) -> str:
        """A word, for example kafka."""
        ...

    @property
    def limits(self) -> Limits:
        """What it may take of a worker."""
        ...

    def deliver(self, notifications: Sequence[Notification]) -> Iterable[Outcome]:
        """One outcome for each, in order; a list, or yielded one by one, so that what was answered before a hang counts.

        Runs in a thread of the channel. It should have a timeout of its own for whatever it calls: beyond the deadline
        nothing waits for it, but its thread is taken. The same notification may come again under the same id. It may
        raise what the connectors' tables of faults know: what is transient or an infrastructure error is tried again later,
        anything else is given up, after each has been tried by itself.
        """
        ...
