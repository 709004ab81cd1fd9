"""What follows a failed step: withdrawn, tried again later, given up, retried by an operator."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregates.review import compensation
from schemas.events import review as ev
from tests.aggregates.making import (
    BACKOFF,
    NOW,
    REVIEW_ID,
    after,
    analysing,
    collecting,
    compensating,
    counting,
    failing,
    notifying,
    reprocessing,
    retrying_now,
    storing,
)
from tests.aggregates.telling import given
from tests.aggregates.test_saga_stories import COUNTED, TO_DONE, TO_NOTIFY

SOON, LATER = timedelta(seconds=1), timedelta(days=1)


def marked(step: str, attempt: int, wait: timedelta = BACKOFF, now=NOW) -> ev.ReviewMarkedForRetry:
    return ev.ReviewMarkedForRetry(revision=1, step=step, attempt=attempt, not_before=now + wait, marked_at=now)


@pytest.mark.parametrize("failed", ["nlp", "analytics", "notify"])
def test_a_reprocessing_that_fails_leaves_in_force_what_counts(failed):
    past = (*TO_DONE, reprocessing("v2"), analysing(version="v2", score=-0.25), counting())
    past = past[: len(TO_DONE) + 1 + ["nlp", "analytics", "notify"].index(failed)]
    counted = after(*past).contribution
    retried = given(*past, failing(failed)).when(compensating()).then(marked(failed, 2))
    assert retried.contribution == counted is not None
    abandoned = given(*past, failing(failed)).when(compensating(1)).then(ev.ReviewAbandoned)
    assert (abandoned.step, abandoned.contribution) == ("abandoned", counted)


def test_a_reprocessing_that_is_tried_again_replaces_what_counted():
    retried = (*TO_DONE, reprocessing("v2"), failing("nlp"), compensating(), analysing(version="v2", score=-0.25))
    (updated,) = counting()(after(*retried))
    assert (updated.replaces, updated.contribution.score) == (COUNTED, -0.25)
    assert after(*retried, counting(), notifying()).step == "done"


def test_a_revision_that_fails_withdraws_what_the_old_words_counted_for():
    given(*TO_DONE, collecting(content="Loud rooms."), failing("store", 2)).when(compensating()).then(
        ev.AnalyticsRolledBack(revision=2, attempt=1, withdrawn=COUNTED, rolled_back_at=NOW),
        ev.ReviewMarkedForRetry(revision=2, step="store", attempt=2, not_before=NOW + BACKOFF, marked_at=NOW),
    )


def test_the_wait_doubles_up_to_the_longest():
    review, waits = after(collecting()), []
    for _ in range(60):
        review = review.after(failing("store")(review))
        (event,) = compensation.compensate(
            review, max_attempts=99, backoff=BACKOFF, longest=timedelta(minutes=1), now=NOW
        )
        review = review.after([event])
        waits.append((event.not_before - NOW).total_seconds())
    assert waits == [10, 20, 40] + [60] * 57


def test_a_retry_is_due_at_its_time_and_then_waits_no_more():
    review = after(*TO_NOTIFY[:2], failing("nlp"), compensating())
    assert not review.due("nlp", NOW + BACKOFF - SOON)
    assert review.due("nlp", NOW + BACKOFF)
    assert not review.due("store", NOW + BACKOFF)
    assert after(*TO_NOTIFY[:2], failing("nlp"), compensating(), analysing()).due("analytics", NOW)


def test_a_failed_review_waits_for_compensation():
    failed = after(*TO_NOTIFY, failing("notify"))
    assert failed.due("compensate", NOW)
    assert not failed.due("notify", NOW)
    assert not after(*TO_NOTIFY, failing("notify"), compensating(1)).due("compensate", NOW)


def test_an_abandoned_review_is_retried_at_the_failed_step():
    retried = given(*TO_NOTIFY[:2], failing("nlp"), compensating(1)).when(retrying_now(NOW + LATER)).then(
        marked("nlp", 2, timedelta(0), NOW + LATER)
    )  # fmt: skip
    assert retried.due("nlp", NOW + LATER)


def test_a_retried_review_counts_once_more():
    past = (*TO_NOTIFY, failing("notify"), compensating(1), retrying_now())
    assert after(*past).step == "analytics"
    done = after(*past, counting(), notifying())
    assert (done.step, done.contribution, done.failure) == ("done", COUNTED, None)


def test_retried_before_compensation_nothing_is_withdrawn():
    past = (*TO_NOTIFY, failing("notify"), retrying_now())
    assert (after(*past).step, after(*past).contribution) == ("notify", COUNTED)
    given(*past).when(compensating()).then_nothing()


def test_a_retry_by_an_operator_hastens_one_that_waits():
    waiting = (*TO_NOTIFY[:2], failing("nlp"), compensating())
    given(*waiting).when(retrying_now(NOW + SOON)).then(marked("nlp", 3, timedelta(0), NOW + SOON))
    given(*waiting).when(retrying_now(NOW + LATER)).then_nothing()
    given(*waiting, retrying_now()).when(retrying_now()).then_nothing()


def test_a_retried_reprocessing_stays_quiet():
    review = after(*TO_DONE, reprocessing("v2"), failing("nlp"), compensating(1), retrying_now())
    assert (review.step, review.quiet, review.processing_version) == ("nlp", True, "v2")


def test_a_retried_review_that_fails_again_is_abandoned_again():
    past = (collecting(), failing("store"), compensating(1), retrying_now(), failing("store"))
    given(*past).when(compensating(1)).then(
        ev.ReviewAbandoned(revision=1, step="store", attempts=2, reason="Broken", abandoned_at=NOW)
    )


@pytest.mark.parametrize("steps", range(6))
def test_what_has_not_failed_is_not_retried(steps):
    given(*TO_DONE[:steps]).when(retrying_now()).then_refused("only a failed review is tried again")


def test_a_retry_that_went_on_is_not_retried():
    given(collecting(), failing("store"), compensating(), storing()).when(retrying_now()).then_refused(
        "this one is nlp"
    )
    assert after(collecting()).id == REVIEW_ID
