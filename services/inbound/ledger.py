"""Counts what came in: once per item, in the transaction that accepts it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg

from connectors.postgres import Pool
from connectors.sql import statement
from schemas.errors import VersionConflict
from telemetry import failpoints

OUTCOMES = ("accepted", "revised", "corrected", "withdrawn", "deduplicated", "dead_lettered")
"""What may become of an item: the first time that a review is seen, other content, other facts, a deletion, a repeat, a
refusal."""


@dataclass(slots=True)
class Totals:
    """received = accepted + revised + corrected + withdrawn + deduplicated + dead_lettered, always."""

    received: int = 0
    accepted: int = 0
    revised: int = 0
    corrected: int = 0
    withdrawn: int = 0
    deduplicated: int = 0
    dead_lettered: int = 0

    def add(self, outcome: str) -> None:
        """Count one item; `outcome` is one of OUTCOMES."""
        self.received += 1
        setattr(self, outcome, getattr(self, outcome) + 1)


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a line of a published file was rejected."""

    line: int
    reason: str
    field: str
    error: str


@dataclass(frozen=True, slots=True)
class RejectionKind:
    """Rejected lines of a run with the same reason and field: how many, and the first one with its error."""

    reason: str
    field: str
    count: int
    line: int
    error: str


@dataclass(slots=True)
class Tally:
    """The outcome of one batch of inbound messages: by partition, by publishing run, and the rejected lines.

    `offsets` maps a partition to its first and last handled offset. `topic_id` is Kafka's own id of the topic.
    """

    topic: str
    topic_id: str = ""
    partitions: dict[int, Totals] = field(default_factory=dict)
    offsets: dict[int, tuple[int, int]] = field(default_factory=dict)
    runs: dict[str, Totals] = field(default_factory=dict)
    rejections: list[tuple[str, Rejection]] = field(default_factory=list)

    def handled(self, partition: int, offset: int) -> None:
        """Record that a message at that offset is part of the batch."""
        first, last = self.offsets.get(partition, (offset, offset))
        self.offsets[partition] = (min(first, offset), max(last, offset))

    def add(self, partition: int, run_id: str | None, outcome: str) -> None:
        """Count one item of a message."""
        self.partitions.setdefault(partition, Totals()).add(outcome)
        if run_id:
            self.runs.setdefault(run_id, Totals()).add(outcome)


class InboundLedger:
    """The ledger on the event store's database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def recognise(self, topic: str, topic_id: str, ends: Mapping[int, int]) -> bool:
        """Whether another topic had that name before; from now on `offsets` refers to this one.

        Offsets of a recreated topic start at 0 again, so each topic has rows of its own. Rows without an id
        are assumed to be this topic's, unless one is beyond its partition's end in `ends`.
        """
        asked = {"topic": topic, "topic_id": topic_id}
        with self._pool.connection() as connection, connection.transaction():
            before = connection.execute(statement(__package__, "present_topic"), asked).fetchone()
            unnamed = connection.execute(statement(__package__, "unnamed_offsets"), asked).fetchall()
            fits = before is None and all(offset <= ends.get(partition, 0) for partition, offset in unnamed)
            if unnamed and fits:
                connection.execute(statement(__package__, "name_offsets"), asked)
            connection.execute(statement(__package__, "recognise_topic"), asked)
        return before != (topic_id,) if before else not fits

    def next_offsets(self, topic: str, partitions: Iterable[int], topic_id: str = "") -> dict[int, int]:
        """The offsets below which everything is handled durably; a partition that was never seen is missing."""
        asked = {"topic": topic, "topic_id": topic_id, "partitions": list(partitions)}
        with self._pool.connection() as connection:
            return dict(connection.execute(statement(__package__, "next_offsets"), asked).fetchall())

    def record(self, cursor: psycopg.Cursor[Any], tally: Tally) -> None:
        """Count a batch inside the caller's transaction.

        Raises VersionConflict when another worker counted some of it: the caller must then process the batch again.
        """
        for partition, (first, last) in sorted(tally.offsets.items()):
            self._count_partition(cursor, tally, partition, first, last)
        failpoints.hit("ledger.partly_counted")
        for run_id, totals in sorted(tally.runs.items()):
            cursor.execute(statement(__package__, "count_run"), {"run_id": run_id, **_counts(totals)})
        for run_id, rejection in tally.rejections:
            values = {"run_id": run_id, "line": rejection.line, "reason": rejection.reason}
            values |= {"field": rejection.field, "error": rejection.error}
            cursor.execute(statement(__package__, "reject"), values)

    def totals(self) -> Totals:
        """All inbound items ever."""
        return self._one("totals", {}) or Totals()

    def run(self, run_id: str) -> Totals:
        """The items of one publishing run so far."""
        return self._one("run_totals", {"run_id": run_id}) or Totals()

    def rejections(self, run_id: str, limit: int = 1_000) -> list[Rejection]:
        """The rejected lines of a run by line."""
        with self._pool.connection() as connection:
            rows = connection.execute(
                statement(__package__, "rejections"), {"run_id": run_id, "limit": limit}
            ).fetchall()
        return [Rejection(*row) for row in rows]

    def rejection_kinds(self, run_id: str) -> list[RejectionKind]:
        """All rejected lines of a run by kind, the most frequent first."""
        with self._pool.connection() as connection:
            rows = connection.execute(statement(__package__, "rejection_kinds"), {"run_id": run_id}).fetchall()
        return [RejectionKind(*row) for row in rows]

    def offsets(self, topic: str, topic_id: str | None = None) -> Mapping[int, int]:
        """Next offset of every partition that was seen, of the topic that was recognised last.

        With a `topic_id` of that topic: one that was recreated, and that no worker has recognised yet, has none.
        """
        asked = {"topic": topic, "topic_id": topic_id}
        with self._pool.connection() as connection:
            return dict(connection.execute(statement(__package__, "offsets"), asked).fetchall())

    def _one(self, name: str, values: Mapping[str, Any]) -> Totals | None:
        with self._pool.connection() as connection:
            row = connection.execute(statement(__package__, name), values).fetchone()
        return None if row is None else Totals(*row)

    def _count_partition(
        self, cursor: psycopg.Cursor[Any], tally: Tally, partition: int, first: int, last: int
    ) -> None:
        values: dict[str, Any] = {"topic": tally.topic, "topic_id": tally.topic_id, "partition": partition}
        values |= {"first_offset": first, "next_offset": last + 1}
        counts = _counts(tally.partitions.get(partition, Totals()))
        cursor.execute(statement(__package__, "count_partition"), {**values, **counts})
        if cursor.rowcount != 1:
            raise VersionConflict(f"partition {partition} of {tally.topic} was counted beyond offset {first} already")


def _counts(totals: Totals) -> dict[str, int]:
    return {name: getattr(totals, name) for name in ("received", *OUTCOMES)}
