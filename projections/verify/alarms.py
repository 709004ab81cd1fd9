"""The alarms that the events imply."""

from __future__ import annotations

from uuid import UUID

from projections.decoder import Decoded, Record
from projections.verify.tally import Tallies
from schemas.events.alarm import AlarmClosed, AlarmRaised

SAID = ("measure", "source", "topic", "kind", "direction", "first_day", "day", "reviews")


class AlarmsFold:
    """A few values for each alarm."""

    name = "alarms"
    topics = frozenset({AlarmRaised.TOPIC, AlarmClosed.TOPIC})

    def __init__(self) -> None:
        self._alarms: dict[str, tuple[UUID, tuple[object, ...]]] = {}
        self._closed: dict[str, tuple[object, ...]] = {}

    def take(self, decoded: Decoded) -> None:
        """The next event of a series."""
        at, event = decoded
        if at.topic == AlarmClosed.TOPIC:
            self._closed[event["alarm_id"]] = (event["day"], event["reason"], at.position)
        else:
            self._alarms[event["alarm_id"]] = (at.tenant_id, (*_said(at.stream_id, event), None, None, at.position))

    def result(self, into: Tallies) -> None:
        """Rows of alarms."""
        for alarm, (tenant, row) in self._alarms.items():
            into["alarms", tenant].add(alarm, *row[:-3], *self._closed.get(alarm, row[-3:]))


def _said(stream: UUID, event: Record) -> tuple[object, ...]:
    return (stream, *(event[name] for name in SAID), len(event["drivers"]), len(event["review_ids"]))
