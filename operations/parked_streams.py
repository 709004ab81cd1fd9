"""Streams parked behind an event that could not be handled, listed and unparked in one place."""

from __future__ import annotations

from eventstore.parking import PROJECTION, PUBLISHER, ParkedStream
from eventstore.positions import Positions
from operations.publishers import NAMES, Publishers
from operations.read_models import ReadModels
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.parking import parked_live
from projections.postgres.postgres_store import PostgresStore
from projections.rebuild.unpark import unpark
from schemas.known import check_known
from services.dead_letters.repository import DeadLetterRepository

STAGES = (PROJECTION, PUBLISHER)


class StreamParking:
    """Finds and unparks streams of all projections and publishers. `audit` records who unparked what."""

    def __init__(
        self, read_models: ReadModels, publishers: Publishers, positions: Positions, audit: DeadLetterRepository
    ) -> None:
        self._read_models, self._publishers = read_models, publishers
        self._positions, self._audit = positions, audit

    def find(self, stage: str, name: str | None = None) -> list[ParkedStream]:
        """What is parked in a stage of STAGES, or by one name there. Raises InvalidInput for an unknown name."""
        return self._in_projections(name) if stage == PROJECTION else self._in_publishers(name)

    def count(self) -> int:
        """How many streams are parked in all stages."""
        return sum(len(self.find(stage)) for stage in STAGES)

    def unpark(self, stage: str, name: str | None = None, *, actor: str) -> list[ParkedStream]:
        """Handle in order what the parked streams missed; returns those that still fail.

        Streams move in transactions of their own, so the audit records the request before, and the result after.
        """
        names = sorted({one.name for one in self.find(stage, name)})
        for each in names:
            self._audit.note(f"{stage} {each}", "unpark", actor=actor, detail="requested")
            failed = self._unpark_projection(each) if stage == PROJECTION else self._unpark_publisher(each)
            self._audit.note(f"{stage} {each}", "unpark", actor=actor, detail=f"{failed} streams still fail")
        return [one for each in names for one in self.find(stage, each)]

    def _unpark_projection(self, name: str) -> int:
        store = self._read_models.store(name)
        assert isinstance(store, PostgresStore | ClickHouseStore)
        return len(unpark(self._read_models.pool, store, self._read_models.log))

    def _unpark_publisher(self, name: str) -> int:
        return len(self._publishers.make(name).unpark(self._read_models.log))

    def _in_projections(self, name: str | None) -> list[ParkedStream]:
        if name is not None:
            self._read_models.store(name)
        with self._read_models.pool.connection() as connection:
            return parked_live(connection, name)

    def _in_publishers(self, name: str | None) -> list[ParkedStream]:
        if name is not None:
            check_known("--publisher", name, NAMES, field="publisher", there="known are")
        return self._positions.parked.find(name)
