"""From a name to the reviews that have it: by indexes, and through the whole log where they know nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from aggregates.ids import review_id
from connectors.postgres import Pool
from eventstore.log import EventLog
from eventstore.model import RecordedEvent
from projections.queries.origins import origins, sagas_of
from schemas import codec
from schemas.errors import UnknownSchema

RANGE = 50_000
"""Positions of the log in one question; some tenths of a second."""
LOT = 5_000
Progress: TypeAlias = Callable[[int, int], None]
"""Called with (done, total) events while the log is read through."""


@dataclass(frozen=True, slots=True)
class Names:
    """Looks reviews up. Each method gives what was found, review by what the term is to it, and adds where it looked."""

    pool: Pool
    log: EventLog

    def by_index(self, term: str, tenant_id: UUID | None, looked_in: list[str]) -> dict[UUID, str]:
        """A review's id, the ids of its last event, or what its source calls it."""
        found = dict.fromkeys(self._named_outside(term, tenant_id, looked_in), "external id")
        if (uuid := as_uuid(term)) is None:
            return found
        looked_in.append("the event log by review id, and the read model saga_progress by event and correlation id")
        found |= dict.fromkeys(sagas_of(self.pool, uuid, tenant_id), "id of its last event, or correlation id")
        events = self.log.read_stream(uuid)
        if events and tenant_id in {None, events[0].tenant_id}:
            found[uuid] = "review id"
        return found

    def _named_outside(self, term: str, tenant_id: UUID | None, looked_in: list[str]) -> Iterator[UUID]:
        """Ids of reviews are made of tenant, source and external id; so the sources that are known are tried."""
        known = origins(self.pool, tenant_id)
        tenants = len({each.tenant_id for each in known})
        looked_in.append(f"the event log by external id, for each of {len(known)} sources of {tenants} tenants")
        ids = [review_id(each.tenant_id, each.source, term) for each in known]
        for start in range(0, len(ids), LOT):
            there = self.log.read_streams(ids[start : start + LOT])
            yield from (each for each, events in there.items() if events)

    def through_the_log(
        self, term: str, tenant_id: UUID | None, looked_in: list[str], progress: Progress
    ) -> dict[UUID, str]:
        """Every event, the newest first: event ids, correlation ids, and external ids of sources that are not known yet."""
        uuid, head = as_uuid(term), self.log.head()
        found: dict[UUID, str] = {}
        for until in range(head, 0, -RANGE):
            after = max(0, until - RANGE)
            events = self.log.naming(after, until, named=uuid, text=term.encode(), tenant_id=tenant_id)
            found |= dict(_said(events, term, uuid))
            progress(head - after, head)
            if any(event.event_id == uuid for event in events):
                looked_in.append(f"the event log, every event from position {head} back to {after + 1}")
                return found
        looked_in.append(f"the event log, all {head} events")
        return found


def _said(events: Iterable[RecordedEvent], term: str, uuid: UUID | None) -> Iterator[tuple[UUID, str]]:
    """Review by what the term is in one of its events; a text that only mentions it is none."""
    for event in events:
        if uuid is not None and event.event_id == uuid:
            yield event.stream_id, f"id of event {event.version}"
        elif uuid is not None and event.correlation_id == uuid:
            yield event.stream_id, "correlation id"
        elif _external_id(event) == term:
            yield event.stream_id, "external id"


def _external_id(event: RecordedEvent) -> str:
    try:
        return str(getattr(codec.decode(event.state), "external_id", ""))
    except UnknownSchema:
        return ""


def as_uuid(term: str) -> UUID | None:
    """The id that a term is, if it is one."""
    try:
        return UUID(term)
    except ValueError:
        return None
