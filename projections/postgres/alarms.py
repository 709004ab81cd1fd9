"""The alarms read model: one row for each alarm, open until it says when and why it was closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from projections.decoder import Decoded, Record
from projections.postgres.projector import Changes, to_json
from schemas.events.alarm import AlarmClosed, AlarmRaised


class AlarmsProjector:
    """Raised inserts, closed fills in. An alarm's events are of one stream, so that it was raised before."""

    name: ClassVar[str] = "alarms"
    topics: ClassVar[frozenset[str]] = frozenset({AlarmRaised.TOPIC, AlarmClosed.TOPIC})
    tables: ClassVar[tuple[str, ...]] = ("alarms",)
    statements: ClassVar[tuple[tuple[str, str], ...]] = (("insert_raised", "raised"), ("update_closed", "closed"))

    def prepare(self, events: Sequence[Decoded]) -> Changes:
        """Raised ones go first: one may be closed in the same batch."""
        raised = [_row(each) for each in events if each.at.topic == AlarmRaised.TOPIC]
        closed = [_row(each) for each in events if each.at.topic == AlarmClosed.TOPIC]
        return {name: to_json(rows) for name, rows in (("raised", raised), ("closed", closed)) if rows}


def _row(decoded: Decoded) -> Record:
    at, event = decoded
    return {**event, "review_id": at.stream_id, "tenant_id": at.tenant_id, "position": at.position}
