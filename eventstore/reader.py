"""Reading the event log: streams, ranges of positions, scans."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

from psycopg_pool import ConnectionPool

from eventstore.model import RecordedEvent
from eventstore.session import transaction
from eventstore.statements import statement

END = 2**63 - 1
T = TypeVar("T")
Shard: TypeAlias = tuple[int, int]
"""(number, count): a share of the streams, by the last byte of their ids."""


class LogReader:
    """The reading half of EventLog; every call takes one connection of `pool` while it runs."""

    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    def read_streams(
        self, stream_ids: Collection[UUID], *, topics: Collection[str] | None = None
    ) -> dict[UUID, list[RecordedEvent]]:
        """The events of each given stream by version; a stream without events has an empty list."""
        streams: dict[UUID, list[RecordedEvent]] = {stream_id: [] for stream_id in stream_ids}
        for event in self._read("read_streams", {"streams": list(streams), "topics": _listed(topics)}):
            streams[event.stream_id].append(event)
        return streams

    def read_stream(
        self, stream_id: UUID, *, after_version: int = 0, until_version: int | None = None
    ) -> list[RecordedEvent]:
        """The events of one stream with `after_version` < version <= `until_version`, by version."""
        bounds = {"after_version": after_version, "until_version": END if until_version is None else until_version}
        return self._read("read_stream", {"stream_id": stream_id, **bounds})

    def read_after(
        self,
        position: int,
        limit: int,
        *,
        until: int | None = None,
        topics: Collection[str] | None = None,
        tenant_id: UUID | None = None,
    ) -> list[RecordedEvent]:
        """Up to `limit` events after `position` that pass the filters, by position.

        Fewer than `limit` means that the log has no more at the moment.
        """
        if topics is None and tenant_id is None:
            return self._read("read_range", _filters(position, min(position + limit, END if until is None else until)))
        found: list[RecordedEvent] = []
        for page in self.scan(position, until, topics=topics, tenant_id=tenant_id):
            found += page
            if len(found) >= limit:
                break
        return found[:limit]

    def scan(
        self,
        after: int = 0,
        until: int | None = None,
        *,
        topics: Collection[str] | None = None,
        tenant_id: UUID | None = None,
        since: datetime | None = None,
        before: datetime | None = None,
        streams: Collection[UUID] | None = None,
        shard: Shard | None = None,
        batch: int = 5_000,
    ) -> Iterator[list[RecordedEvent]]:
        """Batches of events with `after` < position <= `until` (the head at the start) that pass the filters.

        Recorded at `since` or later, and earlier than `before`. A `shard` has all events of its share of the streams.
        Never an empty batch; memory is bounded by `batch` events. Positions have no gaps, so a page is a range of
        positions: each is one short query, and no snapshot is held while the caller works on a batch. (A cursor
        held open for minutes would keep old versions of the head row alive and slow every append down.)
        """
        last = self.head() if until is None else min(until, self.head())
        for start in range(after, last, batch):
            end = min(start + batch, last)
            page = self._read("read_range", _filters(start, end, topics, tenant_id, since, before, streams, shard))
            if page:
                yield page

    def head(self) -> int:
        """Position of the newest event, 0 for an empty log."""
        with transaction(self._pool) as cursor:
            row = cursor.execute(statement("head")).fetchone()
        assert row is not None
        return int(row[0])

    def position_at(self, time: datetime) -> int:
        """Position of the last event recorded at or before `time` (aware), 0 when none was; a future time gives the head.

        Reads some twenty or thirty rows, however long the log is.
        """
        with transaction(self._pool) as cursor:
            row = cursor.execute(statement("position_at"), {"time": time}).fetchone()
        assert row is not None
        return int(row[0])

    def count(
        self,
        *,
        after: int = 0,
        until: int | None = None,
        topics: Collection[str] | None = None,
        tenant_id: UUID | None = None,
        since: datetime | None = None,
        before: datetime | None = None,
        streams: Collection[UUID] | None = None,
        shard: Shard | None = None,
    ) -> int:
        """How many events `scan` would give with the same arguments."""
        asked = _filters(after, END if until is None else until, topics, tenant_id, since, before, streams, shard)
        with transaction(self._pool) as cursor:
            row = cursor.execute(statement("count_range"), asked).fetchone()
        assert row is not None
        return int(row[0])

    def naming(
        self, after: int, until: int, *, named: UUID | None = None, text: bytes = b"", tenant_id: UUID | None = None
    ) -> list[RecordedEvent]:
        """The events with `after` < position <= `until` that have that id or correlation id, or hold that text.

        No index helps: keep the range short. An empty text is in none.
        """
        asked = {"after": after, "until": until, "id": named, "text": text or None, "tenant_id": tenant_id}
        return self._read("naming", asked)

    def _read(self, name: str, asked: dict[str, Any]) -> list[RecordedEvent]:
        with transaction(self._pool) as cursor:
            rows = cursor.execute(statement(name), asked).fetchall()
        return list(map(_as_event, rows))


_as_event: Callable[[tuple[Any, ...]], RecordedEvent] = partial(tuple.__new__, RecordedEvent)


def _listed(values: Collection[T] | None) -> list[T] | None:
    return None if values is None else list(values)


def _filters(
    after: int,
    until: int,
    topics: Collection[str] | None = None,
    tenant_id: UUID | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    streams: Collection[UUID] | None = None,
    shard: Shard | None = None,
) -> dict[str, Any]:
    number, of = shard or (None, None)
    return {
        "after": after, "until": until, "topics": _listed(topics), "tenant_id": tenant_id, "since": since,
        "before": before, "streams": _listed(streams), "shard": number, "shards": of,
    }  # fmt: skip
