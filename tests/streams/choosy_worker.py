"""The streams worker with a step and a channel that never accept some reviews, and others only at the second attempt.

By their names: the step fails for doomed… always and for flaky… once; the channel refuses unheard… and, once, late…, and it
hangs for hung….
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from reviewstream.bootstrap import Bootstrap
from reviewstream.settings import load
from reviewstream.workers import streams
from schemas.errors import PermanentError
from schemas.messages import Notification
from services.notifications.channel import Delivered, GivenUp, Limits, Outcome, RetryLater
from streams.runtime.step import Failed, Work
from streams.runtime.step import Outcome as StepOutcome
from streams.steps.notify import Notify


class ChoosyNotify(Notify):
    async def perform(self, work: Sequence[Work]) -> Sequence[StepOutcome]:
        accepted = [each for each in work if not fails(each)]
        found = {each.review.id: out for each, out in zip(accepted, await super().perform(accepted), strict=True)}
        error = PermanentError("the step does not take this one")
        return [found.get(each.review.id, Failed(error)) for each in work]


def fails(work: Work) -> bool:
    """By the attempt, which no other batch and no restart changes."""
    name = work.review.body.external_id
    return name.startswith("doomed") or (name.startswith("flaky") and work.review.attempt == 1)


class ChoosyChannel:
    name = "choosy"
    limits = Limits(deadline=1.0)

    def __init__(self) -> None:
        self._tried: set[str] = set()

    def deliver(self, notifications: Sequence[Notification]) -> Iterator[Outcome]:
        for each in notifications:
            if each.external_id.startswith("hung"):
                threading.Event().wait(3600)
            if each.external_id.startswith("late") and each.notification_id not in self._tried:
                self._tried.add(each.notification_id)
                yield RetryLater("away")
            else:
                yield GivenUp("unheard_of") if each.external_id.startswith("unheard") else Delivered()


if __name__ == "__main__":
    streams.Notify = ChoosyNotify  # type: ignore[misc]
    with Bootstrap(load(), process="streams") as parts:
        parts.saga.channels = [ChoosyChannel()]
        streams.run(parts)
