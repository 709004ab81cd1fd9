"""Appending inside an open transaction: reserve positions, check versions, copy the events in, return unused positions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from uuid import UUID

from psycopg.errors import UniqueViolation

from eventstore.model import AppendResult, NewEvent
from eventstore.plan import Plan, Slot
from eventstore.rows import copy_chunks
from eventstore.session import Cursor
from eventstore.statements import statement

Request = Sequence[NewEvent]


class WrongGuess(Exception):  # an answer that the caller acts upon, not an error
    """Streams that were assumed to be new may have events: roll back and look them up."""


def append_requests(
    cursor: Cursor, requests: Sequence[Request], *, contiguous: bool = True, trusting: bool = False
) -> list[AppendResult]:
    """Append each request as if alone, in order; one result per request. The caller commits.

    `trusting` assumes that streams with a version 1 among `requests` are new, which saves a look-up each, and relies
    on the unique index to object. Raises WrongGuess when it does, or when a conflict needs the look-up.
    """
    events = list(chain.from_iterable(requests))
    start = _reserve(cursor, len(events))
    # The versions are read by a statement of their own, after the lock: its snapshot then holds everything that
    # earlier appenders committed. In one statement with the lock it would be taken before the wait.
    plan = _plan(cursor, events, contiguous=contiguous, trusting=trusting)
    results = [_check_versions(plan, request, start) for request in requests]
    if trusting and any(result.conflicts for result in results):
        raise WrongGuess
    if plan.accepted:
        _copy_in(cursor, start, plan.accepted, trusting=trusting)
    if left := len(events) - len(plan.accepted):
        cursor.execute(statement("give_back"), {"count": left})
    return results


def _reserve(cursor: Cursor, count: int) -> int:
    """Become the only appender until the transaction ends; returns the position of the newest event."""
    row = cursor.execute(statement("reserve"), {"count": count}).fetchone()
    assert row is not None
    return int(row[0])


def _plan(cursor: Cursor, events: Sequence[NewEvent], *, contiguous: bool, trusting: bool) -> Plan:
    fresh = {event.stream_id for event in events if event.version == 1} if trusting else set()
    current = _current_versions(cursor, {event.stream_id for event in events} - fresh)
    repeated = [e for e in events if e.version <= current.get(e.stream_id, -1)] if current else []
    return Plan(current, _current_events(cursor, repeated) if repeated else {}, contiguous=contiguous)


def _current_versions(cursor: Cursor, streams: set[UUID]) -> dict[UUID, int]:
    return dict(cursor.execute(statement("current_versions"), {"streams": list(streams)})) if streams else {}


def _current_events(cursor: Cursor, events: Iterable[NewEvent]) -> dict[Slot, UUID]:
    slots = list({(event.stream_id, event.version) for event in events})
    asked = {"streams": [stream for stream, _ in slots], "versions": [version for _, version in slots]}
    rows = cursor.execute(statement("standing_events"), asked)
    return {(stream, version): event_id for stream, version, event_id in rows}


def _check_versions(plan: Plan, request: Request, start: int) -> AppendResult:
    verdict = plan.check_versions(request)
    return AppendResult(verdict.appended, verdict.skipped, verdict.conflicts, start + len(plan.accepted))


def _copy_in(cursor: Cursor, start: int, events: Sequence[NewEvent], *, trusting: bool) -> None:
    try:
        with cursor.copy(statement("copy_events")) as copy:
            for chunk in copy_chunks(start, events):
                copy.write(chunk)
    except UniqueViolation as error:
        if trusting:
            raise WrongGuess from error
        raise
