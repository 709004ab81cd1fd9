"""Streams that stand aside behind an event that could not be handled, listed and taken back from one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from eventstore.parking import ParkedStream
from operations.publishers import PUBLISHERS
from operations.read_models import store
from projections import parking, registry
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.postgres.postgres_store import PostgresStore
from projections.rebuild.unpark import unpark
from reviewstream.bootstrap import Bootstrap
from schemas.errors import InvalidInput

PROJECTION, PUBLISHER = "projection", "publisher"
STAGES = (PROJECTION, PUBLISHER)


@dataclass(frozen=True, slots=True)
class Parked:
    """A stream that `name` stopped handling at `position`, the first event that failed. `topic` is that event's."""

    stage: str
    name: str
    stream_id: UUID
    tenant_id: UUID
    position: int
    topic: str
    error: str
    parked_at: datetime


def find(parts: Bootstrap, stage: str, name: str | None = None) -> list[Parked]:
    """What stands aside in a stage of STAGES, or behind one name there. Raises InvalidInput for an unknown name."""
    return _projections(parts, name) if stage == PROJECTION else _publishers(parts, name)


def unpark_stage(parts: Bootstrap, stage: str, name: str | None = None, *, actor: str) -> list[Parked]:
    """Handle in order what the streams that stand aside there missed; gives those that are refused still.

    Streams move in transactions of their own, so the audit says before what is asked for, and after what came of it.
    """
    names = sorted({one.name for one in find(parts, stage, name)})
    for each in names:
        parts.dead_letters.note(f"{stage} {each}", "readmit", actor=actor, detail="asked for")
        refused = _unpark_projection(parts, each) if stage == PROJECTION else _unpark_publisher(parts, each)
        parts.dead_letters.note(
            f"{stage} {each}", "readmit", actor=actor, detail=f"{refused} streams are refused still"
        )
    return [one for each in names for one in find(parts, stage, each)]


def _unpark_projection(parts: Bootstrap, name: str) -> int:
    of = store(parts, name)
    assert isinstance(of, PostgresStore | ClickHouseStore)
    return len(unpark(parts.readmodels_pool, of, parts.event_log))


def _unpark_publisher(parts: Bootstrap, name: str) -> int:
    return len(PUBLISHERS[name](parts).unpark(parts.event_log))


def _projections(parts: Bootstrap, name: str | None) -> list[Parked]:
    if name is not None:
        store(parts, name)
    with parts.readmodels_pool.connection() as connection:
        live = {(each.name, each.version) for each in registry.versions(connection) if each.state == "live"}
        found = [one for one in parking.parked(connection, name) if (one.name, one.version) in live]
    return [_parked(PROJECTION, one, one.parked_at) for one in found]


def _publishers(parts: Bootstrap, name: str | None) -> list[Parked]:
    if name is not None and name not in PUBLISHERS:
        raise InvalidInput(f"no publisher is called {name}; known are {', '.join(PUBLISHERS)}", field="name")
    return [_parked(PUBLISHER, one, one.aside_at) for one in parts.positions.parked.find(name)]


def _parked(stage: str, one: parking.ParkedStream | ParkedStream, since: datetime) -> Parked:
    return Parked(stage, one.name, one.stream_id, one.tenant_id, one.position, one.topic, one.error, since)
