"""Group commit: many callers, one transaction, a result for each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import uuid4

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from eventstore.group import GroupCommit
from eventstore.log import EventLog
from eventstore.model import Conflict
from schemas.errors import TransientError
from tests.eventstore.making import event, history


@pytest.fixture
def group(log: EventLog) -> GroupCommit:
    opened = GroupCommit(log)
    yield opened
    opened.close()


def hold_the_head(url: str) -> psycopg.Connection:
    """While this transaction is open every appender waits."""
    connection = psycopg.connect(url)
    connection.execute("SELECT position FROM event_log_head FOR UPDATE")
    return connection


def transactions(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute("SELECT count(DISTINCT xmin::text) FROM events").fetchone()[0]


def test_each_caller_gets_its_own_result(group: GroupCommit, log: EventLog) -> None:
    given = [history(1 + n % 3) for n in range(60)]
    with ThreadPoolExecutor(16) as callers:
        results = list(callers.map(lambda events: group.append(events).result(), given))
    assert [r.appended for r in results] == [len(events) for events in given]
    for events, result in zip(given, results, strict=True):
        first = result.last_position - result.appended
        assert [e.event_id for e in log.read_after(first, result.appended)] == [e.event_id for e in events]


def test_appends_that_wait_together_share_a_transaction(group: GroupCommit, url: str) -> None:
    with hold_the_head(url):
        futures = [group.append([event()]) for _ in range(50)]
    assert [f.result().appended for f in futures] == [1] * 50
    assert transactions(url) <= 2  # the one that waited for the head, and the one that took all the others


def test_a_conflict_of_one_does_not_touch_the_others(group: GroupCommit, url: str) -> None:
    first, bystander = event(), event()
    rival = event(first.stream_id)
    with hold_the_head(url):
        futures = [group.append([e]) for e in (first, rival, bystander)]
    assert [f.result().appended for f in futures] == [1, 0, 1]
    assert futures[1].result().conflicts == (Conflict(first.stream_id, 1, first.event_id, rival.event_id),)


def test_an_event_that_cannot_be_stored_fails_its_caller_only(group: GroupCommit, url: str, log: EventLog) -> None:
    with hold_the_head(url):
        futures = [group.append([e]) for e in (event(), event(topic="nul \x00"), event())]
    assert futures[1].exception() is not None
    assert [futures[0].result().appended, futures[2].result().appended] == [1, 1]
    assert [e.position for e in log.read_after(0, 10)] == [1, 2]


def test_a_cancelled_append_is_not_written(group: GroupCommit, url: str, log: EventLog) -> None:
    with hold_the_head(url):
        first = group.append([event()])
        while not first.running():
            Event().wait(0.01)
        assert group.append([event()]).cancel()
    group.close()
    assert log.head() == 1


def test_a_large_append_is_not_split(log: EventLog) -> None:
    group = GroupCommit(log, max_events=10)
    futures = [group.append(history(25, uuid4())) for _ in range(4)]
    assert [f.result().appended for f in futures] == [25] * 4
    group.close()


def test_closing_writes_what_is_queued_and_then_refuses(group: GroupCommit, url: str, log: EventLog) -> None:
    with hold_the_head(url):
        futures = [group.append([event()]) for _ in range(5)]
    group.close()
    assert all(f.done() for f in futures)
    assert log.head() == 5
    with pytest.raises(RuntimeError, match="closed"):
        group.append([event()])


def test_a_lost_server_fails_everybody_with_an_error_that_says_try_again() -> None:
    with ConnectionPool("host=127.0.0.1 port=1", open=False, timeout=0.2) as pool:
        group = GroupCommit(EventLog(pool))
        futures = [group.append([event()]) for _ in range(3)]
        for future in futures:
            with pytest.raises(TransientError, match="try again"):
                future.result()
        group.close()
