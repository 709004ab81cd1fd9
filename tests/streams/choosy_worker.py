"""The streams worker with a step and a channel that never take some reviews, nor others while FAIL_WHILE exists.

By their names: the step fails for doomed… and flaky…, the channel refuses unheard… and late…, and hangs for hung….
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from reviewstream.bootstrap import Bootstrap
from reviewstream.settings import load
from reviewstream.workers import streams
from schemas.errors import PermanentError
from schemas.messages import Notification
from services.notifications.channel import Delivered, GivenUp, Limits, Outcome, RetryLater
from streams.runtime.step import Failed, Work
from streams.runtime.step import Outcome as StepOutcome
from streams.steps.notify import Notify

BROKEN = Path(os.environ["FAIL_WHILE"])


class ChoosyNotify(Notify):
    async def perform(self, work: Sequence[Work]) -> Sequence[StepOutcome]:
        taken = [each for each in work if not refused(each.review.content.external_id, "doomed", "flaky")]
        found = {each.review.id: outcome for each, outcome in zip(taken, await super().perform(taken), strict=True)}
        error = PermanentError("the step does not take this one")
        return [found.get(each.review.id, Failed(error)) for each in work]


class ChoosyChannel:
    name = "choosy"
    limits = Limits(deadline=1.0)

    def deliver(self, notifications: Sequence[Notification]) -> Iterator[Outcome]:
        for each in notifications:
            if each.external_id.startswith("hung"):
                threading.Event().wait(3600)
            if each.external_id.startswith("late") and BROKEN.exists():
                yield RetryLater("away")
            else:
                yield GivenUp("unheard_of") if each.external_id.startswith("unheard") else Delivered()


def refused(name: str, always: str, while_broken: str) -> bool:
    return name.startswith(always) or (name.startswith(while_broken) and BROKEN.exists())


if __name__ == "__main__":
    streams.Notify = ChoosyNotify  # type: ignore[misc]
    with Bootstrap(load(), process="streams") as parts:
        parts.channels = [ChoosyChannel()]
        streams.run(parts)
