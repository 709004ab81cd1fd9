"""Every inbound item is counted once, in the transaction that accepts it, or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.postgres import Pool
from schemas.errors import VersionConflict
from services.inbound.ledger import OUTCOMES, InboundLedger, Rejection, Tally, Totals
from tests.effort import examples

TOPIC = "reviews.inbound"
Message = tuple[int, int]  # partition, offset


def outcome_of(message: Message) -> str:
    """What becomes of a message, by its place."""
    return OUTCOMES[sum(message) % len(OUTCOMES)]


def run_of(message: Message) -> str | None:
    """Which run published it: one, another, or none."""
    return ("run-a", "run-b", None)[message[1] % 3]


def tallied(messages: Iterable[Message], topic: str = TOPIC) -> Tally:
    tally = Tally(topic)
    for message in messages:
        tally.handled(*message)
        tally.add(message[0], run_of(message), outcome_of(message))
        if outcome_of(message) == "dead_lettered" and (run := run_of(message)):
            tally.rejections.append((run, Rejection(message[1], "empty", "content", "content: is empty")))
    return tally


def expected(messages: Iterable[Message]) -> Totals:
    totals = Totals()
    for message in messages:
        totals.add(outcome_of(message))
    return totals


def record(pool: Pool, ledger: InboundLedger, tally: Tally) -> None:
    with pool.connection() as connection, connection.cursor() as cursor:
        ledger.record(cursor, tally)


def everything(ledger: InboundLedger) -> tuple[object, ...]:
    """All that the ledger tells."""
    runs = [(ledger.run(run), ledger.rejections(run)) for run in ("run-a", "run-b")]
    return ledger.totals(), runs, ledger.offsets(TOPIC), ledger.next_offsets(TOPIC, range(5))


def test_an_empty_ledger_has_counted_nothing(ledger: InboundLedger):
    assert (ledger.totals(), ledger.run("run-a"), ledger.rejections("run-a")) == (Totals(), Totals(), [])
    assert (ledger.next_offsets(TOPIC, [0, 1]), ledger.offsets(TOPIC)) == ({}, {})


def test_a_batch_is_counted_by_partition_and_by_run(pool: Pool, ledger: InboundLedger):
    batch = [(0, offset) for offset in range(9)] + [(1, offset) for offset in range(5, 8)]
    record(pool, ledger, tallied(batch))
    assert ledger.totals() == expected(batch)
    for run in ("run-a", "run-b"):
        assert ledger.run(run) == expected(m for m in batch if run_of(m) == run)
    assert ledger.next_offsets(TOPIC, [0, 1, 2]) == {0: 9, 1: 8}
    assert ledger.next_offsets(TOPIC, [1]) == {1: 8}
    assert ledger.next_offsets("another.topic", [0, 1]) == {}


def test_batches_add_up_and_offsets_may_have_gaps(pool: Pool, ledger: InboundLedger):
    first, second = [(0, 0), (0, 1), (0, 4)], [(0, 9), (0, 10)]
    record(pool, ledger, tallied(first))
    record(pool, ledger, tallied(second))
    assert ledger.totals() == expected(first + second)
    assert ledger.offsets(TOPIC) == {0: 11}


def test_a_message_may_hold_many_items_or_none(pool: Pool, ledger: InboundLedger):
    tally = Tally(TOPIC)
    tally.handled(0, 0)
    tally.handled(1, 3)
    for outcome in OUTCOMES:
        tally.add(0, "run-a", outcome)
    record(pool, ledger, tally)
    assert ledger.totals() == ledger.run("run-a") == Totals(6, 1, 1, 1, 1, 1, 1)
    assert ledger.offsets(TOPIC) == {0: 1, 1: 4}


@pytest.mark.parametrize("again", [[(0, 0)], [(0, 2)], [(0, 0), (0, 1), (0, 2)], [(0, 2), (0, 3)], [(0, 3), (1, 0)]])
def test_the_same_offsets_again_conflict_and_change_nothing(pool: Pool, ledger: InboundLedger, again):
    record(pool, ledger, tallied([(0, 0), (0, 1), (0, 2), (1, 0)]))
    before = everything(ledger)
    with pytest.raises(VersionConflict, match=r"partition \d of reviews\.inbound was counted beyond offset"):
        record(pool, ledger, tallied(again))
    assert everything(ledger) == before


def test_a_rolled_back_transaction_counts_nothing(pool: Pool, ledger: InboundLedger):
    record(pool, ledger, tallied([(0, 0)]))
    before = everything(ledger)
    with suppress(RuntimeError), pool.connection() as connection, connection.cursor() as cursor:
        ledger.record(cursor, tallied([(0, 1), (0, 2), (1, 0), (2, 0)]))
        raise RuntimeError("the append failed")
    assert everything(ledger) == before
    record(pool, ledger, tallied([(0, 1), (0, 2), (1, 0), (2, 0)]))
    assert ledger.totals().received == 5


def test_other_topics_are_counted_apart(pool: Pool, ledger: InboundLedger):
    record(pool, ledger, tallied([(0, 0)]))
    record(pool, ledger, tallied([(0, 0)], topic="other.inbound"))
    assert ledger.totals().received == 2
    assert (ledger.offsets(TOPIC), ledger.offsets("other.inbound")) == ({0: 1}, {0: 1})


def test_a_topic_made_anew_is_counted_anew_and_nothing_is_forgotten(pool: Pool, ledger: InboundLedger):
    assert not ledger.recognise(TOPIC, "first", {0: 0})
    record(pool, ledger, named("first", [(0, 0), (0, 1)]))
    assert ledger.offsets(TOPIC, "first") == {0: 2}
    assert ledger.offsets(TOPIC, "second") == {}, "no worker has recognised it yet"
    assert ledger.recognise(TOPIC, "second", {0: 0})
    assert not ledger.recognise(TOPIC, "second", {0: 1})
    assert (ledger.offsets(TOPIC), ledger.next_offsets(TOPIC, [0], "second")) == ({}, {})
    record(pool, ledger, named("second", [(0, 0)]))
    record(pool, ledger, named("first", [(0, 2)]))  # a worker that has not noticed yet
    assert ledger.offsets(TOPIC) == {0: 1}
    assert ledger.next_offsets(TOPIC, [0], "first") == {0: 3}
    assert ledger.totals().received == 4


def test_counts_from_before_topics_had_ids_are_this_topics_if_they_fit(pool: Pool, ledger: InboundLedger):
    record(pool, ledger, tallied([(0, 4)]))
    assert ledger.offsets(TOPIC, "id") == {0: 5}
    assert not ledger.recognise(TOPIC, "id", {0: 5})
    assert ledger.offsets(TOPIC) == ledger.next_offsets(TOPIC, [0], "id") == {0: 5}


def test_counts_beyond_the_topics_end_are_of_another_topic(pool: Pool, ledger: InboundLedger):
    record(pool, ledger, tallied([(0, 4)]))
    assert ledger.recognise(TOPIC, "id", {0: 4})
    assert ledger.offsets(TOPIC) == {}
    assert ledger.totals().received == 1


def named(topic_id: str, messages: list[Message]) -> Tally:
    """The tally of messages of a topic with that id."""
    tally = tallied(messages)
    tally.topic_id = topic_id
    return tally


def test_rejected_lines_come_in_order_and_the_first_reason_stays(pool: Pool, ledger: InboundLedger):
    tally = Tally(TOPIC)
    tally.handled(0, 0)
    lines = [Rejection(3, "empty", "content", "c"), Rejection(1, "no_date", "published_at", "d")]
    tally.rejections += [("run-a", each) for each in lines]
    tally.rejections.append(("run-a", Rejection(3, "too_long", "title", "t")))
    record(pool, ledger, tally)
    assert ledger.rejections("run-a") == [lines[1], lines[0]]
    assert ledger.rejections("run-a", limit=1) == [lines[1]]
    assert ledger.rejections("run-b") == []


@pytest.mark.parametrize("table", ["inbound_partitions", "inbound_runs"])
def test_the_database_refuses_sums_that_do_not_add_up(pool: Pool, ledger: InboundLedger, table):
    record(pool, ledger, tallied([(0, offset) for offset in range(9)]))
    before = everything(ledger)
    for column in ("received", *OUTCOMES):
        with pytest.raises(psycopg.errors.CheckViolation), pool.connection() as connection:
            connection.execute(f"UPDATE {table} SET {column} = {column} + 1")
    assert everything(ledger) == before


@pytest.mark.parametrize("table", ["inbound_partitions", "inbound_runs"])
def test_a_worker_of_the_release_before_counts_on(pool: Pool, ledger: InboundLedger, table):
    """It names neither revisions nor corrections nor withdrawals."""
    record(pool, ledger, tallied([(0, 0)]))
    with pool.connection() as connection:
        connection.execute(
            f"UPDATE {table} SET received = received + 3, accepted = accepted + 2, deduplicated = deduplicated + 1"
        )
    assert ledger.totals().received in {1, 4}


def test_a_tally_that_does_not_add_up_is_refused(pool: Pool, ledger: InboundLedger):
    tally = tallied([(0, 0)])
    tally.partitions[0].received += 1
    with pytest.raises(psycopg.errors.CheckViolation):
        record(pool, ledger, tally)
    assert ledger.totals() == Totals()


def test_of_workers_that_count_the_same_batch_one_succeeds(pool: Pool, ledger: InboundLedger):
    batch, start = [(partition, 0) for partition in range(4)], Barrier(4)

    def count(_: int) -> bool:
        start.wait(30)
        try:
            record(pool, ledger, tallied(batch))
        except VersionConflict:
            return False
        return True

    with ThreadPoolExecutor(4) as workers:
        assert sorted(workers.map(count, range(4))) == [False, False, False, True]
    assert ledger.totals() == expected(batch)


BATCHES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, 5), st.integers(0, 6), st.booleans()), min_size=1, max_size=8
)


@settings(max_examples=examples(25))
@given(BATCHES)
def test_whatever_is_repeated_each_offset_counts_once(pool: Pool, ledger: InboundLedger, batches):
    with pool.connection() as connection:
        connection.execute("TRUNCATE inbound_partitions, inbound_runs, inbound_rejections")
    counted: set[Message] = set()
    for partition, length, back, fails in batches:
        known = ledger.next_offsets(TOPIC, [partition]).get(partition, 0)
        start = max(0, known - back)
        redelivered = [(partition, offset) for offset in range(start, known + length)]
        if start < known:
            with pytest.raises(VersionConflict):
                record(pool, ledger, tallied(redelivered))
        fresh = [message for message in redelivered if message[1] >= known]  # as the collect step asks
        if fails:
            with suppress(RuntimeError), pool.connection() as connection, connection.cursor() as cursor:
                ledger.record(cursor, tallied(fresh))
                raise RuntimeError("the append failed")
        else:
            record(pool, ledger, tallied(fresh))
            counted.update(fresh)
    assert ledger.totals() == expected(counted)
    for run in ("run-a", "run-b"):
        mine = [message for message in counted if run_of(message) == run]
        assert ledger.run(run) == expected(mine)
        assert {each.line for each in ledger.rejections(run)} == {
            offset for partition, offset in mine if outcome_of((partition, offset)) == "dead_lettered"
        }
