"""Following the log: wake-up, one reader for many subscribers, bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from time import monotonic

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from eventstore.model import RecordedEvent
from eventstore.tail import SharedTail, Wakeup
from eventstore.window import EVENT_BYTES
from schemas.errors import TransientError
from tests.databases import end_clients
from tests.eventstore.making import event, history
from tests.waiting import crowding


@pytest.fixture
def wakeup(url: str) -> Iterator[Wakeup]:
    opened = Wakeup(url)
    opened.wait(0)  # connects
    yield opened
    opened.close()


@pytest.fixture
def tail(log: EventLog, url: str) -> Iterator[SharedTail]:
    opened = SharedTail(log, Wakeup(url), window=500, poll_interval=0.5)
    yield opened
    opened.close()


class CountingLog(EventLog):
    """The real log, counting how often it is read."""

    def __init__(self, pool: ConnectionPool) -> None:
        super().__init__(pool)
        self.given: list[int] = []

    def read_after(self, position: int, limit: int, **filters: object) -> list[RecordedEvent]:
        events = super().read_after(position, limit, **filters)
        self.given += [e.position for e in events]
        return events


def follow(tail: SharedTail, until: int, *, after: int = 0, limit: int = 100) -> list[int]:
    """Positions in the order in which a subscriber gets them, up to `until`."""
    seen: list[int] = []
    deadline = monotonic() + 120
    while after < until and monotonic() < deadline:
        events = tail.read(after, limit, timeout=1.0)
        seen += [e.position for e in events]
        after = seen[-1] if seen else after
    return seen


def test_an_append_wakes_a_waiter_at_once(log: EventLog, wakeup: Wakeup) -> None:
    with ThreadPoolExecutor(1) as other:
        for _ in range(20):
            woken = other.submit(lambda: (wakeup.wait(10 * crowding()), monotonic()))
            log.append(history(2))
            appended = monotonic()
            heard, at = woken.result()
            assert heard
            assert at - appended < 1.0 * crowding()  # without NOTIFY it would be 10


def test_an_append_between_two_waits_is_heard_by_the_second(log: EventLog, wakeup: Wakeup) -> None:
    log.append(history(1))
    assert wakeup.wait(10)
    assert not wakeup.wait(0.05)


def test_a_rolled_back_append_wakes_nobody(log: EventLog, wakeup: Wakeup) -> None:
    def refuse(*_: object) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        log.append(history(1), also=refuse)
    assert not wakeup.wait(0.1)


def test_a_wakeup_survives_the_loss_of_its_connection(log: EventLog, wakeup: Wakeup, url: str) -> None:
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename = current_user AND query LIKE 'LISTEN%'"
        )
    assert not wakeup.wait(0.2)  # finds the connection lost
    assert wakeup.wait(30)  # connects again and tells to look, for something may have been missed
    log.append(history(1))
    assert wakeup.wait(30)


def test_a_wakeup_without_a_server_only_costs_the_time_to_wait() -> None:
    wakeup = Wakeup("postgresql://nobody@127.0.0.1:1/none?connect_timeout=2")
    assert not wakeup.wait(0.05)
    wakeup.close()
    assert not wakeup.wait(0.05)


def test_news_reach_a_waiting_subscriber(log: EventLog, tail: SharedTail) -> None:
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(tail.read, 0, 10, 20.0)
        log.append(history(3))
        assert [e.position for e in waiting.result()] == [1, 2, 3]


def test_nothing_new_is_an_empty_list_after_the_timeout(log: EventLog, tail: SharedTail) -> None:
    log.append(history(3))
    assert follow(tail, until=3) == [1, 2, 3]
    assert tail.read(3, 10, timeout=0.05) == []


def test_without_a_wakeup_news_arrive_by_polling(log: EventLog) -> None:
    tail = SharedTail(log, None, poll_interval=0.05)
    log.append(history(3))
    assert follow(tail, until=3) == [1, 2, 3]
    tail.close()


def test_events_from_before_the_start_are_read_from_the_log(log: EventLog, url: str) -> None:
    log.append(history(250))
    tail = SharedTail(log, Wakeup(url), poll_interval=0.2)
    log.append(history(50))
    assert follow(tail, until=300) == list(range(1, 301))
    tail.close()


def test_many_subscribers_cost_one_reading(pool: ConnectionPool, url: str) -> None:
    log = CountingLog(pool)
    tail = SharedTail(log, Wakeup(url), poll_interval=0.2)
    with ThreadPoolExecutor(8) as subscribers:
        following = [subscribers.submit(follow, tail, 600) for _ in range(8)]
        for _ in range(30):
            log.append(history(20))
        assert [f.result() for f in following] == [list(range(1, 601))] * 8
    tail.close()
    assert log.given == list(range(1, 601))


def test_a_slow_subscriber_falls_out_of_the_window_and_still_gets_everything_once(log: EventLog, url: str) -> None:
    tail = SharedTail(log, Wakeup(url), window=100, poll_interval=0.2)
    log.append(history(150))
    seen = follow(tail, until=40, limit=20)
    for _ in range(8):
        log.append(history(150))
    assert tail.read(1349, 1, timeout=60)  # the window has moved on by now
    assert tail._window.start > seen[-1]
    seen += follow(tail, until=1350, after=seen[-1], limit=70)
    assert seen == list(range(1, 1351))
    tail.close()


def test_the_window_is_bounded_by_count_and_by_bytes(log: EventLog) -> None:
    tail = SharedTail(log, None, window=300, window_bytes=50 * (EVENT_BYTES + 10_000), poll_interval=0.02)
    log.append(history(1_000))
    assert tail.read(999, 1, timeout=60)
    assert (tail._window.start, tail._window.end) == (700, 1_000)
    log.append([event(state=bytes(10_000)) for _ in range(400)])
    assert tail.read(1_399, 1, timeout=60)
    assert (tail._window.start, tail._window.bytes) == (1_350, 50 * (EVENT_BYTES + 10_000))
    tail.close()


def test_an_event_larger_than_the_window_is_delivered_too(log: EventLog) -> None:
    tail = SharedTail(log, None, window_bytes=5_000, poll_interval=0.02)
    given = [event(state=bytes(9_000)) for _ in range(3)]
    log.append(given)
    assert follow(tail, until=3) == [1, 2, 3]
    tail.close()


def test_closing_wakes_subscribers(log: EventLog) -> None:
    tail = SharedTail(log, None, poll_interval=0.05)
    got: list[list[RecordedEvent]] = []
    subscriber = Thread(target=lambda: got.append(tail.read(0, 10, timeout=60)))
    subscriber.start()
    tail.close()
    subscriber.join(10)
    assert got == [[]]


def test_the_reader_survives_lost_connections(log: EventLog, tail: SharedTail, url: str) -> None:
    log.append(history(5))
    assert follow(tail, until=5) == [1, 2, 3, 4, 5]
    end_clients(url)
    log.append(history(5))
    assert follow(tail, until=10, after=5) == [6, 7, 8, 9, 10]


def test_a_bug_in_the_reader_is_told_to_subscribers(pool: ConnectionPool) -> None:
    class Broken(EventLog):
        def read_after(self, *_: object, **__: object) -> list[RecordedEvent]:
            raise ZeroDivisionError

    tail = SharedTail(Broken(pool), None, poll_interval=0.05)
    with pytest.raises(RuntimeError, match="failed; restart"):
        tail.read(0, 1, timeout=60)
    tail.close()


def test_a_tail_without_a_server_says_so() -> None:
    with ConnectionPool("host=127.0.0.1 port=1", open=False, timeout=0.1) as pool, pytest.raises(TransientError):
        SharedTail(EventLog(pool), None)
