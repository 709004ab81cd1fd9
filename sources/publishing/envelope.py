"""Rows of a file as messages for the inbound topic: CloudEvents in JSON batches, since a stream processor has a cost per message.

Rows of one review share a batch and its key, hence a partition, so an edit stays after the row that it edits.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from aggregates.review.identity import comparable
from connectors.kafka import Outgoing
from schemas.cloudevents import BATCH, INBOUND_TYPE, JSON, SOURCE, SPEC, headers
from schemas.topics import INBOUND
from sources.files.mapping import FieldMapping, Mapped, Problem
from sources.files.notes import Notes
from sources.files.row_reader import Row
from sources.publishing.row_ids import RowIds

MAX_RAW = 1_000_000
MAX_BATCH_BYTES = 500_000
BUCKETS = 20
_IN_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=str).encode


@dataclass(frozen=True, slots=True)
class Envelope:
    """Whose rows these are. Without a `source`, each row names its own in the column `source`."""

    tenant: str
    source: str | None
    run_id: str
    mapping: FieldMapping
    notes: Notes = field(default_factory=Notes, compare=False)

    _ids: RowIds = field(init=False, repr=False, compare=False)
    _common: str = field(init=False, repr=False, compare=False)
    """The beginning of every event, in JSON: what is the same for all rows."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ids", RowIds(self.run_id))
        common = {"specversion": SPEC, "source": SOURCE, "type": INBOUND_TYPE}
        event = {**common, "tenantid": self.tenant, "runid": self.run_id}
        object.__setattr__(self, "_common", _IN_JSON(event).removesuffix("}"))

    def messages(self, rows: Iterable[Row]) -> Iterator[Outgoing]:
        """The rows as messages; one that cannot be read, or a value of which, is sent alone and as it is, with the problem."""
        buckets: dict[int, list[bytes]] = {}
        for row in rows:
            mapped = self._mapped(row.record) if row.record is not None else None
            if mapped is None or mapped.problem is not None:
                yield self._refused(row, mapped.problem if mapped else None)
                continue
            event = self._event(row, mapped.review)
            if event is None:
                yield self._alone(row, mapped.review)
            else:
                buckets.setdefault(self._bucket(mapped.review), []).append(event)
        for bucket, events in buckets.items():
            for batch in _batches(events):
                yield self._batch(bucket, batch)

    def _mapped(self, record: Mapping[str, object]) -> Mapped:
        source: object = self.source
        if source is None and "source" in record:
            source = record["source"]
            record = {name: value for name, value in record.items() if name != "source"}
        mapped = self.mapping.read(record)
        for what, times in mapped.notes.items():
            self.notes.count(what, times)
        review, problem, notes = mapped
        return mapped if source is None else Mapped({"source": source, **review}, problem, notes)

    def _event(self, row: Row, review: Mapping[str, object]) -> bytes | None:
        """A structured CloudEvent, or None for what is not strict JSON and would invalidate a batch."""
        try:
            own = f', "id": "{self._ids.of(row.line)}", "line": {row.line}, "data": {_IN_JSON(review)}}}'
            return (self._common + own).encode()
        except ValueError:  # NaN, or half a character
            return None

    def _refused(self, row: Row, problem: Problem | None) -> Outgoing:
        """What cannot be read, with what is wrong, for the dead letters."""
        what = (
            {"problem": str(row.problem)}
            if problem is None
            else {"problem": problem.text, "problemfield": problem.field}
        )
        return Outgoing(INBOUND, None, row.kept()[:MAX_RAW], self._headers(row, JSON, **what))

    def _alone(self, row: Row, review: Mapping[str, object]) -> Outgoing:
        """A message of its own, for validation to report what is wrong with it."""
        return Outgoing(INBOUND, None, json.dumps(review, default=str).encode(), self._headers(row, JSON))

    def _batch(self, bucket: int, events: Sequence[bytes]) -> Outgoing:
        value = b"[" + b",".join(events) + b"]"
        return Outgoing(INBOUND, f"{self.tenant}/{bucket}".encode(), value, [("content-type", BATCH.encode())])

    def _bucket(self, review: Mapping[str, object]) -> int:
        source, external_id = str(review.get("source", "")), str(review.get("external_id", ""))
        return zlib.crc32(f"{comparable(source)}/{comparable(external_id)}".encode()) % BUCKETS

    def _headers(self, row: Row, content_type: str, **extra: str) -> list[tuple[str, bytes]]:
        return headers(
            UUID(self._ids.of(row.line)),
            INBOUND_TYPE,
            subject=f"line {row.line}",
            time=datetime.now(UTC),
            tenant=self.tenant,
            content_type=content_type,
            extensions={"runid": self.run_id, "line": str(row.line), **extra},
        )


def _batches(events: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Parts that a broker accepts: each of at most MAX_BATCH_BYTES, or of one event."""
    start = size = 0
    for end, event in enumerate(events):
        if size and size + len(event) > MAX_BATCH_BYTES:
            yield events[start:end]
            start, size = end, 0
        size += len(event)
    yield events[start:]
