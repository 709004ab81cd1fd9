"""Whatever is repeated or comes late, a review ends where it would have ended."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregates.review.aggregate import Review
from aggregates.review.saga import ABANDONED, DONE, FAILED, STEPS, WITHDRAWN
from schemas.errors import NotAllowed
from schemas.events import review as ev
from streams.runtime.reviews import Change
from tests.aggregates.making import (
    REVIEW_ID,
    Command,
    analysing,
    assigning,
    collecting,
    compensating,
    counting,
    disputing,
    failing,
    notifying,
    reprocessing,
    retrying_now,
    storing,
    withdrawing,
)

TENANT = UUID(int=7)
LATE = ("compensate", *STEPS, "request")


@dataclass(frozen=True)
class Told:
    """A command and the revision it was given for.

    `kind` is a step's name, compensate, fail, content, facts, topics, feedback, withdraw, request or retry_now.
    """

    command: Command
    revision: int
    kind: str

    def may_come_before(self, told: Told) -> bool:
        """Whether this command, given earlier, may come once more just before `told`.

        Whatever comes in and failures are decided on the review as it stands, so they come twice but never late; an
        operator's request speaks of the revision of its time. A late success of the step that the review waits for
        is as good as the punctual one: so nothing comes late where the story turns to failure or to new content,
        and no later step where it could run ahead of the story.
        """
        if self.kind == "request":
            return told.kind in LATE and self.revision == told.revision
        return self.kind in LATE and told.kind in LATE and LATE.index(self.kind) <= LATE.index(told.kind)


@st.composite
def stories(draw: st.DrawFn) -> list[Told]:
    """Commands in an order in which each is allowed."""
    story: list[Told] = []
    review = Review(REVIEW_ID)
    for number in range(draw(st.integers(1, 25))):
        told = draw(st.sampled_from(_possible(review, number)))
        story.append(told)
        review = review.after(told.command(review))
    return story


def _possible(review: Review, number: int) -> list[Told]:
    revision = review.revision
    new = Told(collecting(content=f"Text {number}", rating=1 + number % 5), revision + 1, "content")
    if review.step in {"", WITHDRAWN}:
        return [new]
    incoming = [new, Told(_other_facts(review, number), revision, "facts"), Told(withdrawing(), revision, "withdraw")]
    topics = [f"t{each}" for each in range(number % 3)]
    incoming.append(Told(assigning(*topics, version=number), revision, "topics"))
    retry = Told(retrying_now(), revision, "retry_now")
    if review.step == ABANDONED:
        return [retry, *incoming]
    if review.step == FAILED:
        return [Told(compensating(), revision, "compensate"), retry, *incoming]
    if review.step == DONE:
        said = Told(disputing("neutral", who=f"user {number % 2}"), revision, "feedback")
        return [Told(reprocessing(f"v{number}"), revision, "request"), said, *incoming]
    version = review.processing_version or "v0"
    forward = {
        "store": storing(revision),
        "nlp": analysing(revision, version, score=number / 100),
        "analytics": counting(revision),
        "notify": notifying(revision),
    }[review.step]
    step = Told(forward, revision, review.step)
    other = [Told(reprocessing(f"v{number}"), revision, "request")] if review.quiet and review.step == "nlp" else []
    return [step, step, step, *other, Told(failing(review.step, revision), revision, "fail"), *incoming]


def _other_facts(review: Review, number: int) -> Command:
    """The same words and rating with another day, author or metadata."""
    facts = {"published_at": f"2026-01-{1 + number:02d}", "author_name": "A Guest" * (number % 2)}
    if number % 3 == 0:
        facts = {"metadata": {"number": str(number)}}
    body = review.body
    return collecting(content=body.content, rating=body.rating, **facts)


def run(story: list[Told]) -> tuple[Review, list[Any]]:
    """The review and all events when refused commands are ignored."""
    review, happened = Review(REVIEW_ID), []
    for told in story:
        with suppress(NotAllowed):
            events = told.command(review)
            review = review.after(events)
            happened += events
    return review, happened


@st.composite
def disturbed(draw: st.DrawFn) -> tuple[list[Told], list[Told]]:
    """A story, and the same with commands repeated and earlier ones coming late."""
    story = draw(stories())
    noisy: list[Told] = []
    for number, told in enumerate(story):
        late = [each for each in story[:number] if each.may_come_before(told)]
        if late:
            noisy += draw(st.lists(st.sampled_from(late), max_size=3))
        noisy += [told] * draw(st.integers(1, 3))
    return story, noisy


@settings(max_examples=80)
@given(disturbed())
def test_repeats_and_late_commands_change_nothing(both):
    story, noisy = both
    assert run(noisy) == run(story)


@settings(max_examples=50)
@given(disturbed())
def test_the_state_is_the_fold_of_the_events(both):
    review, happened = run(both[1])
    assert Review(REVIEW_ID).after(happened) == review
    assert review.version == len(happened)


@settings(max_examples=50)
@given(stories())
def test_every_event_of_a_review_has_an_id_of_its_own(story):
    review, ids = Review(REVIEW_ID, TENANT), []
    for told in story:
        events = told.command(review)
        recorded = Change(review, events).recorded()
        assert recorded == Change(review, events).recorded()
        ids += [event.event_id for event in recorded]
        review = review.after(events)
    assert len(set(ids)) == len(ids)


@settings(max_examples=50)
@given(stories())
def test_contributions_added_and_withdrawn_leave_what_counts_now(story):
    review, happened = run(story)
    counts: Counter[Any] = Counter()
    for event in happened:
        if isinstance(event, ev.AnalyticsUpdated | ev.FactsCorrected | ev.TopicsAssigned):
            counts[event.contribution] += 1
            counts[event.replaces] -= 1
        elif isinstance(event, ev.AnalyticsRolledBack | ev.ReviewWithdrawn):
            counts[event.withdrawn] -= 1
    del counts[None]
    assert +counts == ({review.contribution: 1} if review.contribution else {})
    assert not -counts


@settings(max_examples=50)
@given(stories())
def test_the_saga_is_always_somewhere_it_can_go_on_from(story):
    review, _ = run(story)
    assert review.step in {*STEPS, DONE, FAILED, ABANDONED, WITHDRAWN}
    assert review.revision == review.body.revision
    assert 1 <= review.attempt <= 3 + sum(told.kind == "retry_now" for told in story)


@settings(max_examples=50)
@given(stories())
def test_what_counts_has_the_facts_of_the_revision_that_it_is_of(story):
    review, _ = run(story)
    counts = review.contribution
    if counts is not None and review.counted_revision == review.revision:
        assert (counts.date, counts.platform) == (review.body.published_at.date(), review.body.platform)
    if review.step == WITHDRAWN:
        assert counts is None
        assert not review.notifications.pending


@settings(max_examples=50)
@given(stories())
def test_corrections_change_nothing_of_where_the_saga_goes(story):
    """The same story without them ends at the same step, by the same attempt, with the same analysis."""
    corrected, plain = run(story)[0], run([told for told in story if told.kind != "facts"])[0]
    untouched = ("step", "revision", "attempt", "processed", "sentiment", "failure", "not_before", "notifications")
    assert [getattr(corrected, name) for name in untouched] == [getattr(plain, name) for name in untouched]


@settings(max_examples=50)
@given(stories())
def test_feedback_changes_nothing_but_what_people_said(story):
    """The same story without it ends in the same state, but for the version of the stream."""
    told, plain = run(story)[0], run([each for each in story if each.kind != "feedback"])[0]
    assert replace(told, version=plain.version, disputes=(), disputed=0) == plain
