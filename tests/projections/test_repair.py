"""Replaying a part of history: affected reviews are built again, the others stay as they are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from projections import registry
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.ports import Digests
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.reviews import ReviewsProjector
from projections.rebuild import repair
from projections.rebuild.differences import differences
from projections.rebuild.plan import plan
from projections.rebuild.rebuild import rebuild
from projections.rebuild.repair import replay_part
from projections.rebuild.selection import EVERYTHING, Selection
from projections.runner import ProjectionHandler
from schemas.events.review import ReviewRevised
from schemas.parts import TopicShare
from tests.projections.conftest import Rows
from tests.projections.making import ACME, NOON, OTHER, History


@pytest.fixture
def store(pool: ConnectionPool) -> PostgresStore:
    return PostgresStore(pool, ReviewsProjector())


@pytest.fixture
def damaged(pool: ConnectionPool, store: PostgresStore, log: EventLog, history: History, rows: Rows) -> None:
    """Six reviews of two tenants, one of each revised, all of them damaged."""
    for tenant in (ACME, OTHER):
        history.review("r1", tenant=tenant).whole()
        history.review("r2", tenant=tenant).whole().revised(content="Revised.").stored().analyzed()
        history.review("r3", tenant=tenant).whole()
    history.save(log)
    handler = ProjectionHandler(pool, store, log)
    handler.position()
    handler.handle(log.read_after(0, 1000))
    rows("UPDATE processed_reviews SET content = 'damaged' RETURNING 1")
    rows("DELETE FROM review_entities RETURNING 1")


def damage(rows: Rows) -> set[tuple[object, str]]:
    found = rows("SELECT tenant_id, external_id FROM processed_reviews WHERE content = 'damaged'")
    return {(row["tenant_id"], row["external_id"]) for row in found}


@pytest.mark.usefixtures("damaged")
def test_a_tenant_is_made_anew(pool: ConnectionPool, store: PostgresStore, log: EventLog, rows: Rows) -> None:
    outcome = replay_part(pool, store, log, Selection(tenant_id=ACME))
    assert not outcome.switched
    assert damage(rows) == {(OTHER, "r1"), (OTHER, "r2"), (OTHER, "r3")}
    assert rows("SELECT count(*) FROM review_entities") == [{"count": 3}]


@pytest.mark.usefixtures("damaged")
def test_an_event_type_selects_reviews_and_their_whole_history_is_applied(
    pool: ConnectionPool, store: PostgresStore, log: EventLog, rows: Rows
) -> None:
    chosen = Selection(topics=frozenset({ReviewRevised.TOPIC}))
    replay_part(pool, store, log, chosen)
    assert damage(rows) == {(tenant, name) for tenant in (ACME, OTHER) for name in ("r1", "r3")}
    healed = rows("SELECT content, sentiment_label FROM processed_reviews WHERE external_id = 'r2'")
    assert healed == [{"content": "Revised.", "sentiment_label": "positive"}] * 2


@pytest.mark.usefixtures("damaged")
def test_a_position_selects_reviews_with_later_events(
    pool: ConnectionPool, store: PostgresStore, log: EventLog, rows: Rows
) -> None:
    last = log.head() - 6
    replay_part(pool, store, log, Selection(from_position=last))
    assert damage(rows) == {(t, n) for t in (ACME, OTHER) for n in ("r1", "r2", "r3")} - {(OTHER, "r3")}


@pytest.mark.usefixtures("damaged")
def test_a_selection_of_nothing_changes_nothing(
    pool: ConnectionPool, store: PostgresStore, log: EventLog, rows: Rows
) -> None:
    outcome = replay_part(pool, store, log, Selection(topics=frozenset({"review.raw_stored"})))
    assert outcome.note.startswith("0 reviews")
    assert len(damage(rows)) == 6


def test_a_parked_review_comes_back(
    pool: ConnectionPool, store: PostgresStore, log: EventLog, history: History, rows: Rows
) -> None:
    review = history.review("r1").collected()
    history.save(log)
    fixed = {"now": False}

    def decode(event):
        if not fixed["now"]:
            raise KeyError("not yet")
        return decode_state(event)

    from projections.decoder import Decoder, decode_state

    store = PostgresStore(pool, ReviewsProjector(), Decoder(decode))
    handler = ProjectionHandler(pool, store, log)
    handler.position()
    handler.handle(log.read_after(0, 10))
    assert rows("SELECT error FROM parked_streams") == [{"error": "cannot be decoded: KeyError: not yet"}]
    assert rows("SELECT * FROM processed_reviews") == []
    fixed["now"] = True
    replay_part(pool, store, log, Selection(tenant_id=review.tenant))
    assert rows("SELECT * FROM parked_streams") == []
    assert [row["external_id"] for row in rows("SELECT external_id FROM processed_reviews")] == ["r1"]


@pytest.mark.usefixtures("damaged")
def test_one_review_or_a_time_or_a_range_of_positions_selects(
    pool: ConnectionPool, store: PostgresStore, log: EventLog, rows: Rows
) -> None:
    one, other = [e for e in log.read_after(0, 100) if e.version == 1][:2]
    nothing = [
        Selection(before=one.recorded_at),
        Selection(since=datetime.now(UTC) + timedelta(days=1)),
        Selection(to_position=other.position - 1, from_position=one.position, topics=frozenset({one.topic})),
        Selection(streams=frozenset({one.stream_id}), tenant_id=OTHER),
    ]
    for selection in nothing:
        replay_part(pool, store, log, selection)
        assert len(damage(rows)) == 6, selection
    replay_part(pool, store, log, Selection(streams=frozenset({one.stream_id})))
    assert len(damage(rows)) == 5
    replay_part(pool, store, log, Selection(from_position=one.position, to_position=other.position))
    assert len(damage(rows)) == 4


@pytest.mark.usefixtures("damaged")
def test_rows_of_reviews_that_the_log_does_not_have_go_with_their_tenant(
    pool: ConnectionPool, store: PostgresStore, log: EventLog, rows: Rows
) -> None:
    rows("UPDATE review_keywords SET review_id = gen_random_uuid() RETURNING 1")
    replay_part(pool, store, log, Selection(tenant_id=ACME))
    replay_part(pool, store, log, Selection(tenant_id=OTHER))
    assert rebuild(pool, store, log).note == "equal to v1"


@pytest.mark.usefixtures("damaged")
def test_the_worker_goes_on_between_two_lots(
    pool: ConnectionPool, store: PostgresStore, log: EventLog, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repair, "STREAMS", 2)
    handler = ProjectionHandler(pool, store, log)
    handler.position()

    def work(_done: int, _total: int) -> None:
        history.review(f"late{log.head()}").whole()
        history.save(log)
        handler.handle(log.read_after(handler._current().position, 100))

    outcome = replay_part(pool, store, log, Selection(topics=frozenset({"review.collected"})), progress=work)
    assert outcome.position < log.head()
    assert rebuild(pool, store, log).note.startswith("equal")


@pytest.mark.usefixtures("damaged")
def test_a_plan_of_a_part_counts_what_its_repair_applies_at_the_pace_that_is_allowed(
    pool: ConnectionPool, store: PostgresStore, log: EventLog
) -> None:
    part = Selection(tenant_id=ACME)
    planned = plan(pool, store, log, part)
    assert planned.events > (planned.reviews or 0) > 0
    seen: list[tuple[int, int]] = []
    outcome = replay_part(
        pool, store, log, part, progress=lambda *moved: seen.append(moved), events_per_second=2 * planned.events
    )
    assert (outcome.events, outcome.reviews) == (planned.events, planned.reviews)
    assert seen[-1] == (planned.events, planned.events)
    assert outcome.seconds >= 0.5


@pytest.fixture
def counted(pool: ConnectionPool, analytics: ClickHouseStore, log: EventLog, history: History) -> ClickHouseStore:
    """Reviews of two tenants with topics, one moved to another day, one withdrawn."""
    for tenant in (ACME, OTHER):
        history.review("r1", tenant=tenant).whole()
        moved = history.review("r2", tenant=tenant).whole().revised().stored().analyzed()
        moved.updated(day=date(2024, 5, 20), topics=(TopicShare("service", 0.75),), label="negative", score=-0.5)
        history.review("r3", tenant=tenant).whole().rolled_back()
        gone = (
            history.review("r5", tenant=tenant).whole().corrected(published_at=NOON + timedelta(days=3), platform="web")
        )
        gone.corrected(author=None).withdrawn()
        history.review("r6", tenant=tenant).whole().corrected(published_at=NOON + timedelta(days=3))
        history.review("r4", tenant=tenant).collected(platform="", rating=None).updated(platform="", rating=None)
    history.save(log)
    handler = ProjectionHandler(pool, analytics, log)
    handler.position()
    handler.handle(log.read_after(0, 100))
    return analytics


DAMAGES = {
    "a fact is missing": "DELETE FROM {db}.review_facts WHERE date = '2024-05-20'",
    "facts are other": "INSERT INTO {db}.review_facts SELECT * REPLACE ('neutral' AS label, 9.99 AS rating, "
    "position + 100 AS position) FROM {db}.review_facts FINAL",
    "a fact is foreign": "INSERT INTO {db}.review_facts SELECT * REPLACE (toDate32('2020-02-02') AS date) "
    "FROM {db}.review_facts FINAL",
    "sums are doubled": "INSERT INTO {db}.review_metrics SELECT * FROM {db}.review_metrics",
    "counters are missing": "TRUNCATE TABLE {db}.daily_stats",
    "periods are doubled": "INSERT INTO {db}.topic_periods SELECT * FROM {db}.topic_periods",
    "a topic is invented": "INSERT INTO {db}.topic_trends SELECT * REPLACE ('noise' AS topic_id) FROM {db}.topic_trends",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_facts_and_sums_are_corrected_in_place(
    pool: ConnectionPool, counted: ClickHouseStore, log: EventLog, damage: str
) -> None:
    def content() -> Digests:
        with pool.connection() as connection:
            return counted.digests(connection, registry.live_or_fail(connection, counted.name))

    def left() -> dict[str, int]:
        return differences(pool, counted, log, EVERYTHING).total

    before = content()
    assert left() == {}
    counted.clients.execute(DAMAGES[damage].format(db=f"{counted.name}_v1"))
    assert content() != before
    assert left() != {}
    assert replay_part(pool, counted, log, Selection(tenant_id=ACME)).note.startswith("6 reviews")
    assert content() != before, "the other tenant was repaired, too"
    assert differences(pool, counted, log, Selection(tenant_id=ACME)).total == {}
    replay_part(pool, counted, log, Selection(tenant_id=OTHER))
    assert content() == before
    assert left() == {}
    assert rebuild(pool, counted, log).note == "equal to v1"


@pytest.mark.usefixtures("damaged")
def test_differences_name_reviews_and_columns_and_change_nothing(
    pool: ConnectionPool, store: PostgresStore, log: EventLog, rows: Rows
) -> None:
    found = differences(pool, store, log, Selection(tenant_id=ACME))
    assert found.total == {"processed_reviews": 3, "review_entities": 3}
    assert {one.columns for one in found.listed if one.table == "processed_reviews"} == {("content",)}
    assert {(one.rows, one.rows_then) for one in found.listed if one.table == "review_entities"} == {(0, 1)}
    assert {one.tenant_id for one in found.listed} == {ACME}
    assert differences(pool, store, log, EVERYTHING, limit=2).total == {"processed_reviews": 6, "review_entities": 6}
    assert len(differences(pool, store, log, EVERYTHING, limit=2).listed) == 2
    assert len(damage(rows)) == 6
    assert rows("SELECT nspname FROM pg_namespace WHERE nspname ~ '^reviews_v'") == [{"nspname": "reviews_v1"}]
    replay_part(pool, store, log, Selection(tenant_id=ACME))
    assert differences(pool, store, log, Selection(tenant_id=ACME)).total == {}
