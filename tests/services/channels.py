"""Channels that do as they are told, for tests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from uuid import uuid4

from schemas.messages import Notification
from services.notifications.channel import Delivered, Limits, Outcome

NOW = datetime(2026, 2, 3, 4, 5, 6, 789012, tzinfo=UTC)
Answer = Callable[[Notification], Outcome]


def notification(tenant: str = "acme", external_id: str = "r-1") -> Notification:
    """A notification with an id of its own."""
    return Notification(
        notification_id=str(uuid4()),
        tenant=tenant,
        review_id=str(uuid4()),
        revision=1,
        rule="rating<=2",
        source="blue-harbour",
        external_id=external_id,
        rating=1.5,
        label="negative",
        score=-0.75,
        occurred_at=NOW,
    )


class Told:
    """Answers one by one as `answer` says, and remembers what it was handed."""

    def __init__(
        self, answer: Answer = lambda _: Delivered(), *, name: str = "told", limits: Limits | None = None
    ) -> None:
        self.name, self.limits, self.answer = name, limits or Limits(), answer
        self.handed: list[Notification] = []

    def deliver(self, notifications: Sequence[Notification]) -> Iterator[Outcome]:
        for each in notifications:
            self.handed.append(each)
            yield self.answer(each)

    @property
    def ids(self) -> list[str]:
        """Of what it was handed, in order."""
        return [each.notification_id for each in self.handed]


class Hanging:
    """An answer that hangs for some until `release`, and is Delivered then and for all others."""

    def __init__(self, hangs: Callable[[Notification], bool] = lambda _: True) -> None:
        self.hangs, self.released = hangs, threading.Event()
        self.hung = threading.Semaphore(0)

    def __call__(self, each: Notification) -> Outcome:
        if self.hangs(each):
            self.hung.release()
            assert self.released.wait(120), "nobody released it"
        return Delivered()

    def release(self) -> None:
        self.released.set()
