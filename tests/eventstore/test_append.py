"""What an append appends, skips and refuses."""

from __future__ import annotations

from threading import Barrier, Thread
from uuid import uuid4

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from eventstore.model import AppendResult, Conflict
from schemas.errors import Unavailable
from tests.eventstore.making import TENANT, event, history


def test_appended_events_are_read_back_as_they_were_given(log: EventLog) -> None:
    given = event(state=bytes(range(256)), causation_id=uuid4(), correlation_id=uuid4())
    assert log.append([given]) == AppendResult(appended=1, skipped=0, conflicts=(), last_position=1)
    (read,) = log.read_stream(given.stream_id)
    assert (read.position, read.tenant_id, read.topic, read.state) == (1, TENANT, given.topic, given.state)
    assert (read.event_id, read.causation_id, read.correlation_id) == (
        given.event_id,
        given.causation_id,
        given.correlation_id,
    )
    assert read.recorded_at.tzinfo is not None


def test_positions_follow_the_order_given(log: EventLog) -> None:
    given = [*history(3), *history(2), *history(1)]
    assert log.append(given).last_position == 6
    assert [(e.position, e.event_id) for e in log.read_after(0, 10)] == [
        (position, e.event_id) for position, e in enumerate(given, 1)
    ]


def test_repeating_an_append_changes_nothing(log: EventLog) -> None:
    given = history(5)
    log.append(given)
    assert log.append(given) == AppendResult(appended=0, skipped=5, conflicts=(), last_position=5)
    assert log.head() == 5


def test_a_repeat_with_news_appends_the_news(log: EventLog) -> None:
    given = history(5)
    log.append(given[:3])
    assert log.append(given) == AppendResult(appended=2, skipped=3, conflicts=(), last_position=5)


def test_a_repeat_inside_one_append_is_skipped(log: EventLog) -> None:
    given = event()
    assert log.append([given, given]) == AppendResult(appended=1, skipped=1, conflicts=(), last_position=1)


def test_a_stream_with_a_conflict_is_refused_whole_and_the_others_go_through(log: EventLog) -> None:
    standing, other = event(), event()
    log.append([standing])
    rival = event(standing.stream_id)
    result = log.append([rival, other, event(standing.stream_id, 2)])
    assert result.conflicts == (Conflict(standing.stream_id, 1, standing.event_id, rival.event_id),)
    assert (result.appended, result.last_position) == (1, 2)
    assert [e.event_id for e in log.read_after(0, 10)] == [standing.event_id, other.event_id]


def test_a_version_gap_is_a_conflict_where_nothing_stands(log: EventLog) -> None:
    early = event(version=2)
    assert log.append([early]).conflicts == (Conflict(early.stream_id, 2, None, early.event_id),)
    assert log.head() == 0


def test_versions_start_at_one(log: EventLog) -> None:
    assert log.append([event(version=0)]).appended == 0


def test_two_events_for_one_version_in_one_append_refuse_the_stream(log: EventLog) -> None:
    first, second = event(), None
    second = event(first.stream_id)
    result = log.append([first, second])
    assert result.conflicts == (Conflict(first.stream_id, 1, first.event_id, second.event_id),)
    assert log.head() == 0


def test_an_empty_append_is_nothing(log: EventLog) -> None:
    log.append(history(2))
    assert log.append([]) == AppendResult(appended=0, skipped=0, conflicts=(), last_position=2)


def test_requests_of_one_transaction_are_judged_one_after_the_other(log: EventLog) -> None:
    first = event()
    rival, successor, bystander = event(first.stream_id), event(first.stream_id, 2), event()
    results = log.append_all([[first], [rival], [successor], [first], [bystander]])
    assert [(r.appended, r.skipped, len(r.conflicts), r.last_position) for r in results] == [
        (1, 0, 0, 1),
        (0, 0, 1, 1),
        (1, 0, 0, 2),
        (0, 1, 0, 2),
        (1, 0, 0, 3),
    ]
    assert results[1].conflicts[0].standing_event_id == first.event_id


def test_what_also_does_commits_with_the_events(log: EventLog, url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE ledger (appended int)")
        log.append(
            history(3), also=lambda cursor, result: cursor.execute("INSERT INTO ledger VALUES (%s)", [result.appended])
        )
        assert connection.execute("SELECT appended FROM ledger").fetchall() == [(3,)]


def test_what_also_raises_rolls_the_events_back_and_leaves_no_gap(log: EventLog) -> None:
    log.append(history(2))

    def refuse(*_: object) -> None:
        raise LookupError("no such ledger")

    with pytest.raises(LookupError):
        log.append(history(3), also=refuse)
    assert log.head() == 2
    assert log.append(history(1)).last_position == 3
    assert [e.position for e in log.read_after(0, 10)] == [1, 2, 3]


def test_of_two_writers_at_one_version_one_wins_and_the_other_learns_what_stands(log: EventLog) -> None:
    for _ in range(20):
        stream, start = uuid4(), Barrier(2)
        rivals = [event(stream), event(stream)]
        results: dict[object, AppendResult] = {}

        def write(mine: object, start: Barrier = start, results: dict[object, AppendResult] = results) -> None:
            start.wait()
            results[mine.event_id] = log.append([mine])

        threads = [Thread(target=write, args=(rival,)) for rival in rivals]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (winner,) = log.read_stream(stream)
        (loser,) = {r.event_id for r in rivals} - {winner.event_id}
        assert results[winner.event_id].appended == 1
        assert results[loser].conflicts == (Conflict(stream, 1, winner.event_id, loser),)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET state = ''",
        "DELETE FROM events",
        "TRUNCATE events",
        "DELETE FROM events WHERE position < 0",
        "DELETE FROM event_log_head",
    ],
)
def test_history_cannot_be_rewritten(log: EventLog, url: str, statement: str) -> None:
    log.append(history(2))
    with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        connection.execute(statement)
    assert log.count() == 2


def test_a_database_without_tables_says_what_to_do(empty_url: str) -> None:
    with (
        ConnectionPool(empty_url, min_size=1, kwargs={"autocommit": True}) as pool,
        pytest.raises(Unavailable, match="migrate"),
    ):
        EventLog(pool).head()
