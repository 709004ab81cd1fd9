"""Whatever happens, in whatever batches, with whatever crashes: the sums are those of what counts in the end."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.runner import ProjectionHandler
from projections.values import fixed
from schemas.parts import Contribution, TopicShare
from tests.effort import examples
from tests.projections.conftest import Ask
from tests.projections.making import NOON, History, Review
from tests.projections.test_analytics import Crash, only

CHANGES = st.fixed_dictionaries(
    {
        "day": st.sampled_from([date(2024, 1, 31), date(2024, 2, 1), date(1971, 1, 1)]),
        "label": st.sampled_from(["positive", "neutral", "negative", "undetermined"]),
        "rating": st.sampled_from([None, 2.5, 2.4999, 4.5, 1.005]) | st.floats(1, 5),
        "score": st.none() | st.floats(-1, 1),
        "source": st.sampled_from(["quay", "harbour"]),
        "topics": st.lists(st.builds(TopicShare, st.sampled_from("ab"), st.floats(0, 1)), max_size=2).map(tuple),
    }
)
FACTS = st.fixed_dictionaries(
    {"published_at": st.sampled_from([NOON, NOON + timedelta(days=1), datetime(1971, 1, 1, tzinfo=UTC)])}
    | {"platform": st.sampled_from(["google_play", ""])}
)
MOVES = st.sampled_from(["roll back", "withdraw"]) | FACTS.map(lambda facts: {"facts": facts}) | CHANGES
TURNS = st.lists(st.tuples(st.integers(0, 3), MOVES), max_size=20)
Move = str | dict[str, Any]


def turn(review: Review, move: Move) -> None:
    """One event of the review, or two of one that was withdrawn; none where nothing counts that could be rolled back."""
    if isinstance(move, dict) and "facts" not in move:
        if review.gone:
            review.revised()
        review.updated(**move)
    elif review.gone:
        return
    elif isinstance(move, dict):
        review.corrected(**move["facts"])
    elif move == "withdraw":
        review.withdrawn()
    elif review.counted is not None:
        review.rolled_back()


CRASHES = st.lists(st.sampled_from([None, None, 0, 1, 2, 3]), max_size=30)


@settings(max_examples=examples(25))
@given(turns=TURNS, batch=st.integers(1, 12), crashes=CRASHES)
def test_sums_equal_a_recomputation(
    pool: ConnectionPool,
    analytics: ClickHouseStore,
    log: EventLog,
    ask: Ask,
    turns: list[tuple[int, Move]],
    batch: int,
    crashes: list[int | None],
) -> None:
    tenant, history = uuid4(), History()
    reviews = [history.review(f"{uuid4()}", tenant=tenant).collected() for _ in range(4)]
    for number, move in turns:
        turn(reviews[number], move)
    history.save(log)
    follow_with_crashes(pool, analytics, log, batch, iter(crashes))
    counted = [review.counted for review in reviews if review.counted is not None]
    assert counters(ask, tenant) == recomputed(counted)
    assert metrics(ask, tenant) == summed(counted)
    facts = ask(f"SELECT date, label FROM {{db}}.review_facts WHERE tenant_id = '{tenant}'")
    assert sorted(facts) == sorted((c.date, c.label) for c in counted)


def follow_with_crashes(pool: Any, analytics: ClickHouseStore, log: EventLog, batch: int, crashes: Any) -> None:
    """A worker that dies after some of the inserts, is started again, and is given events that it has had already."""
    handler = ProjectionHandler(pool, analytics, log)
    position = handler.position()
    while position < log.head():
        events = log.read_after(max(position - 2, 0), batch + 2)
        with pytest.MonkeyPatch.context() as dying:
            if (survived := next(crashes, None)) is not None:
                dying.setattr(analytics, "insert", only(survived, analytics.insert))
            try:
                handler.handle(events)
            except Crash:
                handler = ProjectionHandler(pool, analytics, log)
        position = handler.position()


def counters(ask: Ask, tenant: object) -> dict[str, int]:
    rows = ask(f"SELECT names, values FROM {{db}}.daily_stats WHERE tenant_id = '{tenant}'")
    return dict(sum((Counter(dict(zip(names, values, strict=True))) for names, values in rows), Counter()))


def recomputed(counted: list[Contribution]) -> dict[str, int]:
    names: Counter[str] = Counter()
    for what in counted:
        names.update(["reviews", f"sentiment.{what.label}", f"source.{what.source}", "language.en"])
        names.update([f"platform.{what.platform}"] if what.platform else [])
        names.update([*([] if what.rating is None else [f"rating.{stars(what.rating)}"])])
    return dict(names)


def stars(rating: float) -> int:
    return int(fixed(rating, 2).quantize(Decimal(1), "ROUND_HALF_UP"))


def metrics(ask: Ask, tenant: object) -> tuple[Any, ...]:
    (row,) = ask(
        "SELECT sum(total_reviews), sum(rating_count), sum(rating_sum), sum(score_count), sum(score_sum) "
        f"FROM {{db}}.review_metrics WHERE tenant_id = '{tenant}'"
    )
    (trends,) = ask(
        f"SELECT sum(total_reviews), sum(confidence_sum) FROM {{db}}.topic_trends WHERE tenant_id = '{tenant}'"
    )
    return (*row, *trends)


def summed(counted: list[Contribution]) -> tuple[Any, ...]:
    ratings = [fixed(c.rating, 2) for c in counted if c.rating is not None]
    scores = [fixed(c.score, 4) for c in counted if c.score is not None]
    shares = [fixed(topic.confidence, 4) for c in counted for topic in c.topics]
    zero = Decimal(0)
    sums = (len(ratings), sum(ratings, zero), len(scores), sum(scores, zero), len(shares), sum(shares, zero))
    return (len(counted), *sums)
