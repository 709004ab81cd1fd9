"""Streams that are parked behind an event that could not be handled, listed and unparked from one place."""

from __future__ import annotations

from eventstore.parking import PROJECTION, PUBLISHER, ParkedStream
from operations.publishers import PUBLISHERS
from operations.read_models import store
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.parking import parked_live
from projections.postgres.postgres_store import PostgresStore
from projections.rebuild.unpark import unpark
from reviewstream.bootstrap import Bootstrap
from schemas.errors import InvalidInput

STAGES = (PROJECTION, PUBLISHER)


def find(parts: Bootstrap, stage: str, name: str | None = None) -> list[ParkedStream]:
    """What is parked in a stage of STAGES, or behind one name there. Raises InvalidInput for an unknown name."""
    return _projections(parts, name) if stage == PROJECTION else _publishers(parts, name)


def unpark_stage(parts: Bootstrap, stage: str, name: str | None = None, *, actor: str) -> list[ParkedStream]:
    """Handle in order what the streams that are parked there missed; gives those that are refused still.

    Streams move in transactions of their own, so the audit says before what is asked for, and after what came of it.
    """
    names = sorted({one.name for one in find(parts, stage, name)})
    for each in names:
        parts.dead_letters.note(f"{stage} {each}", "unpark", actor=actor, detail="asked for")
        refused = _unpark_projection(parts, each) if stage == PROJECTION else _unpark_publisher(parts, each)
        parts.dead_letters.note(f"{stage} {each}", "unpark", actor=actor, detail=f"{refused} streams are refused still")
    return [one for each in names for one in find(parts, stage, each)]


def _unpark_projection(parts: Bootstrap, name: str) -> int:
    of = store(parts, name)
    assert isinstance(of, PostgresStore | ClickHouseStore)
    return len(unpark(parts.readmodels_pool, of, parts.event_log))


def _unpark_publisher(parts: Bootstrap, name: str) -> int:
    return len(PUBLISHERS[name](parts).unpark(parts.event_log))


def _projections(parts: Bootstrap, name: str | None) -> list[ParkedStream]:
    if name is not None:
        store(parts, name)
    with parts.readmodels_pool.connection() as connection:
        return parked_live(connection, name)


def _publishers(parts: Bootstrap, name: str | None) -> list[ParkedStream]:
    if name is not None and name not in PUBLISHERS:
        raise InvalidInput(f"no publisher is called {name}; known are {', '.join(PUBLISHERS)}", field="name")
    return parts.positions.parked.find(name)
