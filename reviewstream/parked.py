"""Streams that stand aside behind an event that could not be handled, listed and taken back from one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from projections import parking, registry
from projections.clickhouse.store import ClickHouseStore
from projections.postgres.store import PostgresStore
from projections.readmit import readmit
from reviewstream.bootstrap import Bootstrap
from reviewstream.readmodels import store

PROJECTION = "projection"
STAGES = (PROJECTION,)


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
    del stage
    return projections(parts, name)


def readmit_stage(parts: Bootstrap, stage: str, name: str | None = None, *, actor: str) -> list[Parked]:
    """Take back what stands aside there, in order; gives what is refused still."""
    names = sorted({one.name for one in find(parts, stage, name)})
    return readmit_projections(parts, names, actor=actor)


def projections(parts: Bootstrap, name: str | None = None) -> list[Parked]:
    """What live projections, or one of them, have parked. Raises InvalidInput for a name that none has."""
    if name is not None:
        store(parts, name)
    with parts.readmodels_pool.connection() as connection:
        live = {(each.name, each.version) for each in registry.versions(connection) if each.state == "live"}
        found = [one for one in parking.parked(connection, name) if (one.name, one.version) in live]
    return [_of_projection(one) for one in found]


def readmit_projections(parts: Bootstrap, names: Sequence[str], *, actor: str) -> list[Parked]:
    """Apply what these projections' parked streams missed; gives what is refused still. Each attempt is audited.

    A projection moves its streams in transactions of its own, so the audit says before what is asked, and after what
    came of it.
    """
    for name in names:
        of = store(parts, name)
        assert isinstance(of, PostgresStore | ClickHouseStore)
        parts.letters.note(f"{PROJECTION} {name}", "readmit", actor=actor, detail="asked for")
        refused = readmit(parts.readmodels_pool, of, parts.event_log)
        parts.letters.note(f"{PROJECTION} {name}", "readmit", actor=actor, detail=f"{len(refused)} refused still")
    return [one for name in names for one in projections(parts, name)]


def _of_projection(one: parking.ParkedStream) -> Parked:
    where = (one.stream_id, one.tenant_id, one.position, one.topic, one.error, one.parked_at)
    return Parked(PROJECTION, one.name, *where)
