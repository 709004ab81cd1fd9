"""One review as it was: at every position what the read model showed there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg_pool import ConnectionPool

from eventstore.log import EventLog
from projections.postgres.feedback import FeedbackProjector
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.reviews import ReviewsProjector
from projections.queries.as_of import position_of, review_as_of
from projections.queries.history import review_history
from projections.queries.jsonable import jsonable
from projections.runner import GroupHandler, ProjectionHandler
from schemas.errors import InvalidInput
from schemas.parts import Author
from tests.effort import examples
from tests.projections.making import ACME, NOON, OTHER, History, Review

UNIT = st.floats(0, 1)
SIGNED = st.floats(-1, 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8)
ENTITIES = st.lists(st.tuples(TEXT, st.sampled_from(["LOC", "ORG"]), UNIT, st.none() | SIGNED), max_size=3)
BODIES = st.fixed_dictionaries(
    {"content": TEXT, "title": st.none() | TEXT, "rating": st.none() | st.floats(1, 5)}
    | {"author": st.none(), "source": st.sampled_from(["quay", "harbour"])}
)
FACTS = st.fixed_dictionaries(
    {"author": st.none() | TEXT.map(lambda name: Author(name, None)), "platform": st.sampled_from(["", "web"])}
    | {"published_at": st.integers(0, 99).map(lambda days: NOON + timedelta(days=days))}
)
MOVES = st.one_of(
    st.tuples(st.just("revised"), BODIES),
    st.tuples(st.just("processed"), ENTITIES.filter(lambda found: len({text for text, *_ in found}) == len(found))),
    st.tuples(st.just("outdated"), st.none()),
    st.tuples(st.just("sentiment"), st.none() | SIGNED),
    st.tuples(st.just("elsewhere"), st.none()),
    st.tuples(st.just("corrected"), FACTS),
    st.tuples(st.just("withdrawn"), st.none()),
    st.tuples(st.just("disputed"), st.none() | TEXT),
    st.tuples(st.just("dispute_withdrawn"), st.none()),
)
TURNS = st.lists(st.tuples(st.integers(0, 1), MOVES), max_size=8)


@pytest.fixture
def handler(pool: ConnectionPool, log: EventLog) -> GroupHandler:
    stores = [PostgresStore(pool, each) for each in (ReviewsProjector(), FeedbackProjector())]
    made = GroupHandler("shown", [ProjectionHandler(pool, store, log) for store in stores])
    made.position()
    return made


@settings(max_examples=examples(30))
@given(turns=TURNS)
def test_at_every_position_a_review_is_what_the_read_model_showed_there(
    pool: ConnectionPool, log: EventLog, handler: GroupHandler, turns: list[tuple[int, tuple[str, Any]]]
) -> None:
    history = History()
    reviews = [history.review(f"{uuid4()}").collected() for _ in range(2)]
    for number, (move, detail) in turns:
        turn(reviews[number], move, detail)
    history.save(log)
    there = set[UUID]()
    for event in log.read_after(handler.position(), 100):
        handler.handle([event])
        there.add(event.stream_id)
        for review_id in there:
            compare(pool, log, review_id, event.position)


def turn(review: Review, move: str, detail: Any) -> None:
    if move == "revised":
        review.revised(**detail)
    elif review.gone:
        return
    elif move == "corrected":
        review.corrected(**detail)
    elif move == "disputed":
        review.disputed(detail, note=detail)
    elif move == "dispute_withdrawn":
        review.dispute_withdrawn()
    elif move == "withdrawn":
        review.withdrawn()
    elif move == "processed":
        review.processed(detail, [(f"key {n}", salience) for n, (_, _, salience, _) in enumerate(detail)])
    elif move == "outdated":
        review.processed(revision=review.revision + 1).sentiment("negative", -0.5, revision=review.revision + 1)
    elif move == "sentiment":
        review.sentiment("neutral" if detail is not None else "undetermined", detail, version=f"{detail}")
    else:
        review.updated().failed("notify")


def compare(pool: ConnectionPool, log: EventLog, review_id: UUID, position: int) -> None:
    """The answer about the past, and that about the present of a read model that stands there."""
    past = review_as_of(pool, log, ACME, review_id, position)
    present = review_history(pool, log, ACME, review_id)
    assert past is not None
    assert present is not None
    assert past.state == present.state
    assert json.dumps(jsonable(past)["state"]) == json.dumps(jsonable(present)["state"])
    told = [event for event in present.events if event.position <= position]
    assert repr(past.events) == repr(told)  # as text, since NaN does not equal itself


def test_asking_leaves_nothing_behind(pool: ConnectionPool, log: EventLog, history: History) -> None:
    review = history.review("r1").collected().analyzed()
    head = history.save(log)
    for _ in range(2):
        assert review_as_of(pool, log, ACME, review.id, head) is not None
    with pool.connection() as connection:
        (count,) = connection.execute("SELECT count(*) FROM pg_class WHERE relpersistence = 't'").fetchone() or ()
    assert count == 0


def test_a_review_that_the_read_model_would_have_parked_stays_as_it_was_before(
    pool: ConnectionPool, log: EventLog, handler: GroupHandler, history: History
) -> None:
    review = history.review("bad").collected().processed().sentiment("positive", float("nan")).revised()
    head = history.save(log)
    for event in log.read_after(0, head):
        handler.handle([event])
        compare(pool, log, review.id, event.position)
    past = review_as_of(pool, log, ACME, review.id, head)
    assert past is not None
    assert past.state is not None
    assert (past.state["revision"], past.state["position"]) == (1, 2)


def test_before_its_first_event_a_review_was_not_there(pool: ConnectionPool, log: EventLog, history: History) -> None:
    history.review("earlier").collected().stored()
    review = history.review("r1").collected()
    history.save(log)
    recorded = log.read_stream(review.id)[0].recorded_at
    for position in (0, 2):
        with pytest.raises(
            InvalidInput, match=rf"did not exist yet; its first event is at position 3, time {recorded:%Y}"
        ):
            review_as_of(pool, log, ACME, review.id, position)
    found = review_as_of(pool, log, ACME, review.id, 3)
    assert found is not None
    assert [event.version for event in found.events] == [1]


def test_a_strangers_review_is_not_there_at_any_position(pool: ConnectionPool, log: EventLog, history: History) -> None:
    history.review("mine").collected()
    review = history.review("theirs", tenant=OTHER).whole()
    for position in range(history.save(log) + 1):
        assert review_as_of(pool, log, ACME, review.id, position) is None
    assert review_as_of(pool, log, ACME, uuid4(), 1) is None


def test_moments(log: EventLog, history: History) -> None:
    assert position_of(log, 0) == position_of(log, datetime.now(UTC)) == 0
    history.review("r1").whole()
    head = history.save(log)
    assert position_of(log, head) == head
    assert position_of(log, datetime.now(UTC) + timedelta(days=400)) == head
    with pytest.raises(InvalidInput, match=f"at: position {head + 1} is beyond .* last position is {head}"):
        position_of(log, head + 1)
