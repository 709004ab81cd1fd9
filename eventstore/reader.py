"""Reading the event log: streams, ranges of positions, scans."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from eventstore.model import RecordedEvent
from eventstore.session import transaction
from eventstore.statements import statement

END = 2**63 - 1


class LogReader:
    """The reading half of EventLog; every call takes one connection of `pool` while it runs."""

    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    def read_streams(
        self, stream_ids: Collection[UUID], *, topics: Collection[str] | None = None
    ) -> dict[UUID, list[RecordedEvent]]:
        """The events of each asked stream by version; a stream without events has an empty list."""
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

        Fewer than `limit` means that the log holds no more now.
        """
        if topics is None and tenant_id is None:
            return self._range(position, min(position + limit, END if until is None else until))
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
        batch: int = 5_000,
    ) -> Iterator[list[RecordedEvent]]:
        """Batches of events with `after` < position <= `until` (the head at the start) that pass the filters.

        Never an empty batch; memory is bounded by `batch` events. Positions have no gaps, so a page is a range of
        positions: each is one short query, and no snapshot is held while the caller works on a batch. (A cursor
        held open for minutes would keep old versions of the head row alive and slow every append down.)
        """
        last = self.head() if until is None else min(until, self.head())
        for start in range(after, last, batch):
            page = self._range(start, min(start + batch, last), topics, tenant_id, since)
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
    ) -> int:
        """How many events `scan` would give with the same arguments."""
        asked = _filters(after, END if until is None else until, topics, tenant_id, since)
        with transaction(self._pool) as cursor:
            row = cursor.execute(statement("count_range"), asked).fetchone()
        assert row is not None
        return int(row[0])

    def _range(
        self,
        after: int,
        until: int,
        topics: Collection[str] | None = None,
        tenant_id: UUID | None = None,
        since: datetime | None = None,
    ) -> list[RecordedEvent]:
        return self._read("read_range", _filters(after, until, topics, tenant_id, since))

    def _read(self, name: str, asked: dict[str, Any]) -> list[RecordedEvent]:
        with transaction(self._pool) as cursor:
            rows = cursor.execute(statement(name), asked).fetchall()
        return list(map(_as_event, rows))


_as_event: Callable[[tuple[Any, ...]], RecordedEvent] = partial(tuple.__new__, RecordedEvent)


def _listed(topics: Collection[str] | None) -> list[str] | None:
    return None if topics is None else list(topics)


def _filters(
    after: int, until: int, topics: Collection[str] | None, tenant_id: UUID | None, since: datetime | None
) -> dict[str, Any]:
    return {"after": after, "until": until, "topics": _listed(topics), "tenant_id": tenant_id, "since": since}
