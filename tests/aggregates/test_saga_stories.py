"""What the saga does with revisions, reprocessing and failures."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregates.ids import raw_review_id
from aggregates.review.aggregate import Review
from aggregates.review.commands import contribution_of, record_analysis, update_analytics
from schemas.errors import InvalidInput, NotAllowed
from schemas.events import review as ev
from schemas.parts import Contribution, TopicShare
from tests.aggregates.making import (
    BACKOFF,
    NOW,
    REVIEW_ID,
    SENT,
    after,
    analysing,
    collecting,
    compensating,
    counting,
    failing,
    notifying,
    processed,
    reprocessing,
    sentiment,
    storing,
)
from tests.aggregates.telling import given

TO_NOTIFY = (collecting(), storing(), analysing(), counting())
TO_DONE = (*TO_NOTIFY, notifying())
COUNTED = Contribution(
    date=NOW.date().replace(day=1),
    source="blue-harbour",
    platform="postcards",
    label="positive",
    score=0.5,
    rating=4.0,
    language="en",
)


def test_a_review_goes_through_every_step():
    given().when(collecting()).then(ev.ReviewCollected)
    given(*TO_NOTIFY[:1]).when(storing()).then(
        ev.RawReviewStored(revision=1, raw_review_id=raw_review_id(REVIEW_ID), stored_at=NOW)
    )
    given(*TO_NOTIFY[:2]).when(analysing()).then(processed(), sentiment())
    given(*TO_NOTIFY[:3]).when(counting()).then(
        ev.AnalyticsUpdated(revision=1, processing_version="v1", contribution=COUNTED, updated_at=NOW)
    )
    done = given(*TO_NOTIFY).when(notifying()).then(
        ev.SubscribersNotified(revision=1, notifications=SENT, notified_at=NOW)
    )  # fmt: skip
    assert (done.step, done.version, done.contribution, done.quiet) == ("done", 6, COUNTED, False)


@pytest.mark.parametrize("steps", range(1, 6))
def test_a_revision_restarts_the_saga_from_anywhere(steps):
    before = after(*TO_DONE[:steps])
    revised = given(*TO_DONE[:steps]).when(collecting(content="Loud rooms.")).then(ev.ReviewRevised)
    assert (revised.step, revised.revision, revised.attempt, revised.processing_version) == ("store", 2, 1, "")
    assert (revised.processed, revised.sentiment, revised.failure) == (None, None, None)
    assert revised.body.previous_content_hash == before.body.content_hash
    assert revised.contribution == before.contribution  # it counts until the new one is settled


def test_the_revisions_contribution_replaces_the_old_one():
    review = after(*TO_DONE, collecting(rating=1), storing(2), analysing(2, score=-0.5))
    (updated,) = counting(2)(review)
    assert updated.replaces == COUNTED
    assert (updated.contribution.rating, updated.contribution.score) == (1.0, -0.5)


def test_a_revision_heals_an_abandoned_review():
    review = after(*TO_DONE[:2], failing("nlp"), compensating(1), collecting(title="New"))
    assert (review.step, review.revision, review.failure) == ("store", 2, None)


def test_other_fields_than_content_make_no_revision():
    collected = collecting(url="https://example.org/1", author_name="A Guest")
    assert given(*TO_DONE).when(collected).then(ev.FactsCorrected).revision == 1


def test_collecting_names_the_run_and_the_time():
    event = after(collecting()).body
    assert (event.run_id, event.collected_at, event.revision) == ("run-1", NOW, 1)


def test_reprocessing_is_quiet_and_replaces_the_contribution():
    asked = given(*TO_DONE).when(reprocessing("v2")).then(
        ev.ReprocessingRequested(
            revision=1, processing_version="v2", reason="better", requested_at=NOW, replaces="v1"
        )
    )  # fmt: skip
    assert (asked.step, asked.quiet, asked.processing_version, asked.contribution) == ("nlp", True, "v2", COUNTED)
    analysed = after(*TO_DONE, reprocessing("v2"), analysing(version="v2", score=-0.25))
    (updated,) = counting()(analysed)
    assert (updated.processing_version, updated.replaces, updated.contribution.score) == ("v2", COUNTED, -0.25)


def test_a_review_is_loud_again_after_a_revision():
    assert after(*TO_DONE, reprocessing("v2"), collecting(content="Loud rooms.")).quiet is False


def test_an_analysis_that_reprocessing_overtook_is_dropped():
    given(*TO_DONE, reprocessing("v2")).when(analysing(version="v1")).then_nothing()
    given(*TO_DONE, reprocessing("v2")).when(analysing(version="v2")).then(ev.ReviewProcessed, ev.SentimentAnalyzed)


def test_going_back_to_an_earlier_processing_version_needs_a_new_name():
    again = (*TO_DONE, reprocessing("v2"), analysing(version="v2"), counting(), notifying())
    given(*again).when(reprocessing("v1")).then_refused("v1 was replaced already")
    given(*again).when(reprocessing("v1-again")).then(ev.ReprocessingRequested)


def test_a_request_that_nobody_took_up_makes_way_for_another():
    waiting = (*TO_DONE, reprocessing("v2"))
    asked = given(*waiting).when(reprocessing("v3")).then(
        ev.ReprocessingRequested(
            revision=1, processing_version="v3", reason="better", requested_at=NOW, replaces="v1"
        )
    )  # fmt: skip
    assert (asked.step, asked.processing_version, asked.contribution) == ("nlp", "v3", COUNTED)
    given(*waiting, reprocessing("v3")).when(reprocessing("v2")).then_refused("v2 was replaced already")
    retrying = given(*waiting, failing("nlp"), compensating()).when(reprocessing("v3")).then(ev.ReprocessingRequested)
    assert (retrying.attempt, retrying.not_before) == (1, None)


def test_a_first_analysis_is_not_interrupted_by_a_request():
    given(*TO_DONE[:2]).when(reprocessing("v2")).then_refused("only a complete review")


def test_a_processing_version_has_a_name():
    with pytest.raises(InvalidInput, match="processing_version: is empty"):
        reprocessing("")(after(*TO_DONE))


def test_both_results_of_an_analysis_belong_together():
    review = after(*TO_DONE[:2])
    with pytest.raises(NotAllowed, match="same revision and processing version"):
        record_analysis(review, processed(version="v1"), sentiment(version="v2"))
    with pytest.raises(NotAllowed, match="same revision and processing version"):
        record_analysis(review, processed(1), sentiment(2))


def test_topics_are_part_of_the_contribution():
    (updated,) = update_analytics(after(*TO_DONE[:3]), 1, topics=[TopicShare("rooms", 0.8)], now=NOW)
    assert updated.contribution.topics == (TopicShare("rooms", 0.8),)


def test_what_was_not_analysed_counts_for_nothing():
    with pytest.raises(NotAllowed, match="was not analysed"):
        contribution_of(after(*TO_DONE[:2]))


def test_a_review_that_was_never_collected_has_no_body():
    with pytest.raises(LookupError, match="was never collected"):
        _ = Review(REVIEW_ID).body


def test_a_review_that_was_never_collected_is_nobodys():
    with pytest.raises(LookupError, match="was never collected"):
        _ = Review(REVIEW_ID).tenant_id


@pytest.mark.parametrize(("step", "steps"), [("store", 1), ("nlp", 2), ("analytics", 3)])
def test_a_first_failure_goes_on_from_the_failed_step(step, steps):
    failed = (*TO_DONE[:steps], failing(step))
    retried = given(*failed).when(compensating()).then(
        ev.ReviewMarkedForRetry(revision=1, step=step, attempt=2, not_before=NOW + BACKOFF, marked_at=NOW)
    )  # fmt: skip
    assert (retried.step, retried.attempt, retried.not_before) == (step, 2, NOW + BACKOFF)


def test_failing_to_notify_withdraws_the_contribution_and_goes_back_to_analytics():
    retried = given(*TO_NOTIFY, failing("notify")).when(compensating()).then(
        ev.AnalyticsRolledBack(revision=1, attempt=1, withdrawn=COUNTED, rolled_back_at=NOW),
        ev.ReviewMarkedForRetry(revision=1, step="analytics", attempt=2, not_before=NOW + BACKOFF, marked_at=NOW),
    )  # fmt: skip
    assert retried.contribution is None
    again = after(*TO_NOTIFY, failing("notify"), compensating(), counting())
    assert (again.step, again.contribution) == ("notify", COUNTED)


def test_the_last_attempt_is_abandoned():
    past = [*TO_DONE[:2]]
    for attempt in (1, 2):
        past += [failing("nlp"), compensating(3)]
        assert after(*past).not_before == NOW + timedelta(seconds=10 * 2 ** (attempt - 1))
    abandoned = given(*past, failing("nlp")).when(compensating(3)).then(
        ev.ReviewAbandoned(revision=1, step="nlp", attempts=3, reason="Broken", abandoned_at=NOW)
    )  # fmt: skip
    assert abandoned.step == "abandoned"


def test_an_abandoned_review_counts_for_nothing():
    review = after(*TO_NOTIFY, failing("notify"), compensating(1))
    assert (review.step, review.contribution) == ("abandoned", None)


def test_attempts_add_up_over_the_steps_of_a_revision():
    past = (*TO_DONE[:1], failing("store"), compensating(), storing(), failing("nlp"), compensating())
    assert after(*past).attempt == 3


def test_a_failure_says_which_attempt_and_keeps_the_error_short():
    review = after(*TO_DONE[:2], failing("nlp"), compensating())
    (failed,) = failing("nlp")(review)
    assert (failed.attempt, failed.error_type, failed.error) == (2, "Broken", "it broke")


def test_success_clears_the_failure():
    past = (*TO_NOTIFY, failing("notify"), compensating(), counting(), notifying())
    assert after(*past).failure is None
