"""Streams parked behind an event that could not be handled, listed and unparked in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from eventstore.parking import ParkedStream
from eventstore.positions import Positions
from operations.publishers import NAMES, Publishers
from operations.read_models import ReadModels
from projections import parking, registry
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.postgres.postgres_store import PostgresStore
from projections.rebuild.unpark import unpark
from schemas.errors import InvalidInput
from services.dead_letters.repository import DeadLetterRepository

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


class StreamParking:
    """Finds and unparks streams of all projections and publishers. `audit` records who unparked what."""

    def __init__(
        self, read_models: ReadModels, publishers: Publishers, positions: Positions, audit: DeadLetterRepository
    ) -> None:
        self._read_models, self._publishers = read_models, publishers
        self._positions, self._audit = positions, audit

    def find(self, stage: str, name: str | None = None) -> list[Parked]:
        """What is parked in a stage of STAGES, or by one name there. Raises InvalidInput for an unknown name."""
        return self._in_projections(name) if stage == PROJECTION else self._in_publishers(name)

    def count(self) -> int:
        """How many streams are parked in all stages."""
        return sum(len(self.find(stage)) for stage in STAGES)

    def unpark(self, stage: str, name: str | None = None, *, actor: str) -> list[Parked]:
        """Handle in order what the parked streams missed; returns those that still fail.

        Each stream moves in its own transaction, so the audit records the request before and the outcome after.
        """
        names = sorted({one.name for one in self.find(stage, name)})
        for each in names:
            self._audit.note(f"{stage} {each}", "readmit", actor=actor, detail="asked for")
            refused = self._unpark_projection(each) if stage == PROJECTION else self._unpark_publisher(each)
            self._audit.note(f"{stage} {each}", "readmit", actor=actor, detail=f"{refused} streams still fail")
        return [one for each in names for one in self.find(stage, each)]

    def _unpark_projection(self, name: str) -> int:
        store = self._read_models.store(name)
        assert isinstance(store, PostgresStore | ClickHouseStore)
        return len(unpark(self._read_models.pool, store, self._read_models.log))

    def _unpark_publisher(self, name: str) -> int:
        return len(self._publishers.make(name).unpark(self._read_models.log))

    def _in_projections(self, name: str | None) -> list[Parked]:
        if name is not None:
            self._read_models.store(name)
        with self._read_models.pool.connection() as connection:
            live = {(each.name, each.version) for each in registry.versions(connection) if each.state == "live"}
            found = [one for one in parking.parked(connection, name) if (one.name, one.version) in live]
        return [_parked(PROJECTION, one, one.parked_at) for one in found]

    def _in_publishers(self, name: str | None) -> list[Parked]:
        if name is not None and name not in NAMES:
            raise InvalidInput(f"no publisher is called {name}; known are {', '.join(NAMES)}", field="name")
        return [_parked(PUBLISHER, one, one.aside_at) for one in self._positions.parked.find(name)]


def _parked(stage: str, one: parking.ParkedStream | ParkedStream, since: datetime) -> Parked:
    return Parked(stage, one.name, one.stream_id, one.tenant_id, one.position, one.topic, one.error, since)
