"""A review that counts gets other topics; nothing else of it changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregates.review.aggregate import Review
from aggregates.review.topics import assign_topics
from schemas.parts import TopicShare
from tests.aggregates.making import (
    NOW,
    REVIEW_ID,
    analysing,
    assigning,
    collecting,
    counting,
    failing,
    notifying,
    storing,
    withdrawing,
)

TO_DONE = (collecting(), storing(), analysing(), counting(), notifying())


def told(*commands) -> Review:
    review = Review(REVIEW_ID)
    for command in commands:
        review = review.after(command(review))
    return review


def test_topics_move_and_everything_else_stays() -> None:
    done = told(*TO_DONE)
    (event,) = assigning("gate", version=4)(done)
    assert (event.model_version, event.processing_version) == (4, done.counted_by)
    assert event.replaces == done.contribution
    after = done.after([event])
    assert after == replace(done, version=done.version + 1, contribution=event.contribution)
    assert assigning("gate", version=5)(after) == ()


@pytest.mark.parametrize(
    "commands",
    [
        TO_DONE[:1],
        TO_DONE[:3],
        (*TO_DONE, collecting(content="Other words.")),
        (*TO_DONE, withdrawing()),
        (*TO_DONE[:3], failing("analytics")),
    ],
    ids=["collected", "analysed", "revised", "withdrawn", "failed"],
)
def test_what_does_not_count_as_it_stands_gets_no_topics(commands) -> None:
    assert assigning("gate")(told(*commands)) == ()


def test_a_review_that_waits_to_be_notified_still_waits() -> None:
    assert told(*TO_DONE[:4], assigning("gate")).step == "notify"


def test_a_confidence_that_hardly_moved_is_left() -> None:
    review = told(*TO_DONE, assigning("gate"))
    for confidence, events in ((0.55, 0), (0.65, 1)):
        shares = [TopicShare("gate", confidence)]
        assert len(assign_topics(review, shares, model_version=2, now=NOW)) == events
