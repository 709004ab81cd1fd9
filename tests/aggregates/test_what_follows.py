"""One table says what follows which event of a review: the aggregate, its contracts' routing and the read model agree."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.review.aggregate import Review
from aggregates.review.saga import ABANDONED, AS_NAMED, COMPENSATE, DONE, FOLLOWS, NOTED, STEPS, WITHDRAWN, awaited
from projections.postgres.saga_progress import SagaProgressProjector
from projections.verify.saga import NOTED as NOTED_BY_VERIFY
from projections.verify.saga import WAITS_FOR
from schemas.events.review import ReviewEvent, ReviewMarkedForRetry
from schemas.topics import event_routings, triggers
from tests.schemas.strategies import instances

EVENTS: dict[str, type] = {cls.TOPIC: cls for cls in get_args(ReviewEvent)}
ALL_STEPS = (*STEPS, COMPENSATE)
LATEST = datetime.max.replace(tzinfo=UTC)


def test_every_event_of_a_review_is_routed_as_one() -> None:
    assert {event for event, routing in event_routings().items() if routing.aggregate == "review"} == EVENTS.keys()
    assert FOLLOWS.keys() < EVENTS.keys()


@pytest.mark.parametrize("topic", sorted(EVENTS))
@given(st.data())
def test_the_step_that_is_due_after_an_event_is_the_one_that_it_triggers(topic: str, data: st.DataObject) -> None:
    event: Any = data.draw(instances(EVENTS[topic]))
    review = Review(uuid4()).after([event])
    due = [step for step in ALL_STEPS if review.due(step, LATEST)]
    if topic == ReviewMarkedForRetry.TOPIC:  # its time is waited for, so nothing is sent at once
        assert (review.step, triggers().get(topic)) == (event.step, None)
    else:
        assert due == ([triggers()[topic]] if topic in triggers() else [])


@pytest.mark.parametrize("topic", sorted(EVENTS))
def test_the_table_and_the_routing_name_the_same_step(topic: str) -> None:
    step = awaited(FOLLOWS.get(topic, DONE))
    assert step in {*ALL_STEPS, DONE, ABANDONED, WITHDRAWN, AS_NAMED}
    assert triggers().get(topic) == (step if step in ALL_STEPS else None)


@pytest.mark.parametrize("topic", sorted(EVENTS))
def test_the_read_model_and_its_check_have_the_same_table(topic: str) -> None:
    """Corrections, other topics and feedback are not in it: of the read model they move nothing but the version of the stream."""
    assert (topic in FOLLOWS) == (topic in WAITS_FOR)
    assert (topic in SagaProgressProjector.topics) == (topic in {*FOLLOWS, *NOTED})
    assert (topic in NOTED) == (topic in NOTED_BY_VERIFY)
    assert FOLLOWS.get(topic) == WAITS_FOR.get(topic)


@given(st.data(), st.sampled_from(sorted(EVENTS.keys() - FOLLOWS.keys())), st.sampled_from(["", *ALL_STEPS, DONE]))
def test_what_is_not_in_the_table_leaves_the_review_where_it_stood(data: st.DataObject, topic: str, step: str) -> None:
    assert Review(uuid4(), step=step).after([data.draw(instances(EVENTS[topic]))]).step == step
