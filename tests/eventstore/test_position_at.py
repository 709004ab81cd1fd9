"""Which position was the newest at a time: found by halving, without reading the log."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from eventstore.statements import statement
from tests.effort import examples
from tests.eventstore.making import history

START = datetime(2024, 5, 17, tzinfo=UTC)
SECONDS = st.lists(st.integers(0, 20), max_size=40)
RECORD = """
    INSERT INTO events (position, tenant_id, originator_id, originator_version, topic, state, event_id, recorded_at)
    SELECT place, gen_random_uuid(), gen_random_uuid(), 1, 'test.happened', '', gen_random_uuid(), time
    FROM unnest(%s::timestamptz[]) WITH ORDINALITY AS given (time, place)
"""


def asked(pool: ConnectionPool, seconds: Sequence[int]) -> list[int]:
    """The answers for -1 to 21 seconds after START in a log whose events were recorded at those seconds."""
    with pool.connection() as connection, connection.transaction(force_rollback=True):
        connection.execute(RECORD, ([START + timedelta(seconds=each) for each in seconds],))
        connection.execute("UPDATE event_log_head SET position = %s", (len(seconds),))
        log = EventLog(Alone(connection))
        return [log.position_at(START + timedelta(seconds=each)) for each in range(-1, 22)]


class Alone:
    """A pool of the one connection that sees the events, which are never committed."""

    def __init__(self, connection: object) -> None:
        self._connection = connection

    def connection(self) -> Alone:
        return self

    def __enter__(self) -> object:
        return self._connection

    def __exit__(self, *_: object) -> None:
        pass


@settings(max_examples=examples(60))
@given(seconds=SECONDS.map(sorted))
def test_it_is_the_last_one_recorded_at_or_before(pool: ConnectionPool, seconds: list[int]) -> None:
    assert asked(pool, seconds) == [bisect_right(seconds, each) for each in range(-1, 22)]


@settings(max_examples=examples(60))
@given(seconds=SECONDS)
def test_where_the_clock_went_back_the_next_event_is_later_all_the_same(
    pool: ConnectionPool, seconds: list[int]
) -> None:
    for second, position in enumerate(asked(pool, seconds), -1):
        assert position == 0 or seconds[position - 1] <= second
        assert position == len(seconds) or seconds[position] > second


def test_times_of_the_servers_clock_name_their_events(log: EventLog) -> None:
    for size in (3, 1, 40):
        log.append(history(size))
    recorded = log.read_after(0, 100)
    times = [event.recorded_at for event in recorded]
    assert times == sorted(times)
    assert [log.position_at(time) for time in times] == [bisect_right(times, time) for time in times]
    assert log.position_at(times[0] - timedelta(microseconds=1)) == 0
    assert log.position_at(datetime.now(UTC) + timedelta(days=1)) == 44


def test_a_long_log_is_not_read(log: EventLog, pool: ConnectionPool) -> None:
    log.append(history(50_000))
    middle = log.read_after(24_999, 1)[0].recorded_at
    assert log.position_at(middle) >= 25_000
    with pool.connection() as connection:
        (blocks,) = connection.execute("SELECT pg_relation_size('events') / 8192").fetchone() or (0,)
        explain = b"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + statement("position_at")
        (((plan,),),) = connection.execute(explain, {"time": middle}).fetchall()
    looked_at = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
    assert looked_at < 100 < blocks / 5
