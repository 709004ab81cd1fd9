"""The streams worker with a channel that never takes reviews called doomed…, and flaky… only after they have failed once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from eventstore.log import EventLog
from reviewstream.bootstrap import Bootstrap
from reviewstream.settings import load
from reviewstream.workers import streams
from schemas.errors import PermanentError
from schemas.events import StepFailed
from schemas.messages import Notification


class Choosy:
    name = "choosy"

    def __init__(self, log: EventLog) -> None:
        self._log = log

    def deliver(self, notifications: Sequence[Notification]) -> None:
        for each in notifications:
            if each.external_id.startswith("doomed") or (each.external_id.startswith("flaky") and self._first(each)):
                raise PermanentError("the channel does not take this one")

    def _first(self, each: Notification) -> bool:
        """Told by the log, which no other batch and no restart changes."""
        return all(event.topic != StepFailed.TOPIC for event in self._log.read_stream(UUID(each.review_id)))


if __name__ == "__main__":
    with Bootstrap(load(), process="streams") as parts:
        parts.channels = [Choosy(parts.event_log)]
        streams.run(parts)
