"""What a sweeper queries and tracks: which reviews wait, and how far each step has handled its topic."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from schemas.messages import StepItem


@dataclass(frozen=True, slots=True)
class Trigger:
    """Work for a step."""

    step: str
    item: StepItem


class SagaReadModel(Protocol):
    """The read model of sagas. It may be behind, and never knows more than the log."""

    def due_retries(self, now: datetime, *, besides: Collection[int], limit: int) -> Sequence[Trigger]:
        """Retries that are due, without those triggered by the events at the positions `besides`."""
        ...

    def next_retry(self, now: datetime) -> datetime | None:
        """When the next one is due."""
        ...

    def late_steps(self, deadlines: Mapping[str, float], now: datetime) -> Collection[str]:
        """The steps for which anything but a retry has waited longer than so many seconds."""
        ...

    def overdue(
        self, step: str, *, before: datetime, until: int, besides: Collection[int], limit: int
    ) -> Sequence[Trigger]:
        """Work that has waited for the step since `before`, triggered by events up to position `until`; no retries."""
        ...

    def still_waiting(self, reviews: Collection[UUID], positions: Collection[int]) -> set[int]:
        """Those of the positions at which one of the reviews is still waiting."""
        ...


class Progress(Protocol):
    """How far a topic reaches and is acknowledged, by partition; see connectors.kafka_progress.TopicProgress."""

    def ends(self, topic: str) -> Mapping[int, int]:
        """The next offset of each partition."""
        ...

    def acknowledged(self, topic: str) -> Mapping[int, int]:
        """The offset below which everything is acknowledged, by partition."""
        ...


@dataclass(frozen=True, slots=True)
class Watermark:
    """The triggers up to `position`, and everything sent before `at`, are in the topic below the offsets `ends`."""

    position: int
    at: datetime
    ends: Mapping[int, int]


class WatermarkTracker:
    """Tracks how far one step has handled its topic.

    A watermark is set at the end of the topic, and is reached once every partition is acknowledged up to it. A step appends
    before it acknowledges: a review that still waits for it, by an event up to the watermark, lost its trigger. Whatever is
    merely queued is above the watermark, however long it waits.
    """

    def __init__(self, topic: str, progress: Progress, published: Callable[[], int]) -> None:
        """`published` is the position up to which triggers have been sent and confirmed."""
        self._topic, self._progress, self._published = topic, progress, published
        self._next: Watermark | None = None
        self.reached: Watermark | None = None

    def observe(self, now: datetime) -> Watermark | None:
        """The last watermark that was reached."""
        if self._next is None:
            position = self._published()  # read before the ends: what was sent up to it is below them
            self._next = Watermark(position, now, self._progress.ends(self._topic))
        acknowledged = self._progress.acknowledged(self._topic)
        if all(acknowledged.get(partition, 0) >= end for partition, end in self._next.ends.items()):
            self.reached, self._next = self._next, None
        return self.reached
