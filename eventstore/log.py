"""The event log: append, read, scan. One table in PostgreSQL, positions without gaps."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import tuple_row
from psycopg_pool import ConnectionPool

from connectors.postgres import TRANSIENT
from eventstore.append import Request, WrongGuess, append_requests
from eventstore.model import AppendResult, NewEvent, RecordedEvent
from eventstore.statements import statement
from schemas.errors import TransientError, Unavailable

END = 2**63 - 1
Cursor = psycopg.Cursor[tuple[Any, ...]]
Also = Callable[[Cursor, AppendResult], None]


class EventLog:
    """Appends to and reads from the log; every method takes one connection of `pool` while it runs.

    Thread-safe as far as the pool is. All methods raise TransientError when the server cannot be reached or ends
    the session (repeating an append is harmless), and Unavailable when the tables are missing.
    """

    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    def append(self, events: Sequence[NewEvent], *, also: Also | None = None, contiguous: bool = True) -> AppendResult:
        """Append `events` in one transaction of any size.

        Atomic per stream: a stream with an event that does not fit (another event stands at its version, or the
        version is not the next one) has none of its events appended and is reported in `conflicts`; the other
        streams go through. An event whose id already stands at its version is skipped.
        `also` runs in the same transaction, after the append; what it raises rolls both back.
        `contiguous=False` accepts any version above the stream's newest.
        """
        return self._append([events], also, contiguous=contiguous)[0]

    def append_all(self, requests: Sequence[Request]) -> list[AppendResult]:
        """Append each request as `append` would, in order, all in one transaction; one result each."""
        return self._append(requests)

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
        with self._cursor() as cursor:
            row = cursor.execute(statement("head")).fetchone()
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
        with self._cursor() as cursor:
            row = cursor.execute(statement("count_range"), asked).fetchone()
        assert row is not None
        return int(row[0])

    def _append(
        self, requests: Sequence[Request], also: Also | None = None, *, contiguous: bool = True
    ) -> list[AppendResult]:
        """Guess first that new streams are new; when the guess was wrong, start again and look."""
        try:
            return self._attempt(requests, also, contiguous=contiguous, trusting=contiguous)
        except WrongGuess:
            return self._attempt(requests, also, contiguous=contiguous, trusting=False)

    def _attempt(
        self, requests: Sequence[Request], also: Also | None, *, contiguous: bool, trusting: bool
    ) -> list[AppendResult]:
        with self._cursor() as cursor:
            results = append_requests(cursor, requests, contiguous=contiguous, trusting=trusting)
            if also is not None:
                also(cursor, results[0])
        return results

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
        with self._cursor() as cursor:
            rows = cursor.execute(statement(name), asked).fetchall()
        return list(map(_as_event, rows))

    @contextmanager
    def _cursor(self) -> Iterator[Cursor]:
        """A cursor in a transaction of its own, on a connection of the pool."""
        try:
            with (
                self._pool.connection() as connection,
                connection.transaction(),
                connection.cursor(binary=True, row_factory=tuple_row) as cursor,
            ):
                yield cursor
        except TRANSIENT as error:
            raise TransientError(f"the event log's server did not finish the work: {error}; try again") from error
        except psycopg.errors.UndefinedTable as error:
            raise Unavailable("the event log has no tables yet: run eventstore.migrate.migrate(url) first") from error


_as_event: Callable[[tuple[Any, ...]], RecordedEvent] = partial(tuple.__new__, RecordedEvent)


def _listed(topics: Collection[str] | None) -> list[str] | None:
    return None if topics is None else list(topics)


def _filters(
    after: int, until: int, topics: Collection[str] | None, tenant_id: UUID | None, since: datetime | None
) -> dict[str, Any]:
    return {"after": after, "until": until, "topics": _listed(topics), "tenant_id": tenant_id, "since": since}
