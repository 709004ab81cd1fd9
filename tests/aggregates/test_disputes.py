"""Feedback is taken of complete reviews, by whoever says it, and replaces what the same person said of the same."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from aggregates.review.aggregate import Review
from aggregates.review.disputes import Said, dispute, withdraw_dispute
from schemas.errors import InvalidInput, NotAllowed, ReviewstreamError
from schemas.parts import Aspect, Entity, Keyword, Span
from streams.runtime.reviews import Change
from tests.aggregates.making import (
    NOW,
    REVIEW_ID,
    analysing,
    collecting,
    counting,
    disputing,
    notifying,
    reprocessing,
    storing,
    withdrawing,
)


@pytest.fixture
def complete() -> Review:
    review = Review(REVIEW_ID, UUID(int=7))
    for command in (collecting(), storing(), analysing(), counting(), notifying()):
        review = review.after(command(review))
    assert review.processed is not None
    found = {
        "entities": (Entity("Harbour", "LOC", 1.0, None, (Span(0, 7),)),),
        "keywords": (Keyword("quiet rooms", 1.0, (Span(0, 11),)),),
        "aspects": (Aspect("Rooms", "room", 6, 11, "positive", 0.9),),
    }
    return replace(review, processed=replace(review.processed, **found))


def test_the_label_that_the_review_has_is_noted_beside_the_right_one(complete: Review) -> None:
    (event,) = disputing("negative", note="sarcasm")(complete)
    said = (event.field, event.given, event.right, event.who, event.note, event.processing_version)
    assert said == ("label", "positive", "negative", "ann", "sarcasm", "v1")
    after = complete.after([event])
    assert replace(after, version=complete.version, disputes=(), disputed=0) == complete
    assert disputing("negative", note="sarcasm")(after) == ()


def test_a_later_word_of_the_same_person_replaces_the_earlier_one(complete: Review) -> None:
    review = complete
    for right, who in (("negative", "ann"), ("neutral", "bob"), ("neutral", "ann")):
        review = review.after(disputing(right, who=who)(review))
    assert [(each.who, each.right) for each in review.disputes] == [("bob", "neutral"), ("ann", "neutral")]
    review = review.after(withdraw_dispute(review, "label", "ann", now=NOW))
    assert [each.who for each in review.disputes] == ["bob"]
    with pytest.raises(NotAllowed, match="no feedback by that user"):
        withdraw_dispute(review, "label", "ann", now=NOW)


def test_one_person_speaks_of_several_keywords(complete: Review) -> None:
    review = complete.after(disputing(None, field="keyword", given="Quiet Rooms")(complete))
    review = review.after(disputing("harbour view", field="keyword")(review))
    assert [(each.given, each.right) for each in review.disputes] == [("quiet rooms", None), (None, "harbour view")]


def test_two_who_speak_at_once_conflict_and_a_repeat_does_not(complete: Review) -> None:
    (ann,), (bob,), (again,) = (
        Change(complete, disputing("negative", who=who)(complete)).recorded() for who in ("ann", "bob", "ann")
    )
    assert ann.version == bob.version
    assert ann.event_id == again.event_id != bob.event_id


def test_new_content_begins_without_feedback_and_a_new_analysis_keeps_it(complete: Review) -> None:
    review = complete.after(disputing("negative")(complete))
    assert review.after(reprocessing("v2")(review)).disputes
    revised = review.after(collecting(content="Other words.")(review))
    assert (revised.disputes, revised.disputed) == ((), 0)
    assert review.after(withdrawing()(review)).disputes == ()


@pytest.mark.parametrize(
    ("said", "error", "names"),
    [
        (Said("labels", "negative", "ann"), InvalidInput, "did you mean label"),
        (Said("label", "negativ", "ann"), InvalidInput, "did you mean negative"),
        (Said("label", None, "ann"), InvalidInput, "--right: is missing"),
        (Said("label", "negative", "ann", given="neutral"), InvalidInput, "is positive now"),
        (Said("language", "English", "ann"), InvalidInput, "ISO 639"),
        (Said("entity", "x", "ann", given="secret"), InvalidInput, "no such entity"),
        (Said("aspect", None, "ann"), InvalidInput, "--given"),
        (Said("label", "negative", " "), InvalidInput, "--by"),
        (Said("label", "negative", "a" * 201), InvalidInput, "--by: give 1 to 200"),
        (Said("label", "negative", "ann", note="a\nb"), InvalidInput, "--note"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    complete: Review, said: Said, error: type[ReviewstreamError], names: str
) -> None:
    with pytest.raises(error, match=names) as caught:
        dispute(complete, said, now=NOW)
    assert "secret" not in str(caught.value)


def test_only_results_of_complete_reviews_can_be_wrong(complete: Review) -> None:
    for review in (
        Review(REVIEW_ID),
        complete.after(reprocessing("v2")(complete)),
        complete.after(withdrawing()(complete)),
    ):
        with pytest.raises(NotAllowed, match="complete review"):
            disputing("negative")(review)


@pytest.mark.parametrize(("field", "given"), [("entity", "HARBOUR"), ("aspect", "room"), ("topic", "anything")])
def test_things_are_found_by_their_name_in_any_case(complete: Review, field: str, given: str) -> None:
    (event,) = disputing(None, field=field, given=given)(complete)
    assert event.given.casefold() == given.casefold()
