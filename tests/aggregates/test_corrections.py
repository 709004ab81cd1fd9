"""Other facts around the same words, and deletions: what follows from wherever the saga is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from aggregates.review.corrections import correct
from aggregates.review.withdrawal import Deletion, validate_deletion
from schemas.errors import InvalidReview
from schemas.events import review as ev
from tests.aggregates.making import (
    NOW,
    Command,
    after,
    analysing,
    collecting,
    compensating,
    counting,
    draft,
    failing,
    notifying,
    reprocessing,
    retrying_now,
    storing,
    withdrawing,
)
from tests.aggregates.telling import given
from tests.aggregates.test_saga_stories import COUNTED, TO_DONE

LATER = {"published_at": "2026-02-02T10:00:00Z"}
MOVED = replace(COUNTED, date=date(2026, 2, 2))
STATES: dict[str, tuple[Command, ...]] = {
    **{f"after {n} steps": TO_DONE[:n] for n in range(1, 6)},
    "failed": (*TO_DONE[:2], failing("nlp")),
    "waiting for a retry": (*TO_DONE[:2], failing("nlp"), compensating()),
    "abandoned": (*TO_DONE[:2], failing("nlp"), compensating(1)),
    "reprocessing": (*TO_DONE, reprocessing("v2")),
    "revised": (*TO_DONE, collecting(content="Loud rooms."), collecting(content="Quiet rooms.")),
}


@pytest.mark.parametrize("state", STATES)
def test_a_correction_changes_the_facts_and_nothing_of_the_saga(state: str):
    before = after(*STATES[state])
    corrected = given(*STATES[state]).when(collecting(**LATER, author_name="A Guest")).then(ev.FactsCorrected)
    assert corrected.body.published_at == datetime(2026, 2, 2, 10, tzinfo=UTC)
    assert corrected.body.author is not None
    assert corrected.body.author.name == "A Guest"
    untouched = (
        "step",
        "attempt",
        "revision",
        "processed",
        "sentiment",
        "failure",
        "not_before",
        "notifications",
        "quiet",
    )
    assert [getattr(corrected, name) for name in untouched] == [getattr(before, name) for name in untouched]


def test_what_counts_moves_to_the_right_day():
    corrected = given(*TO_DONE).when(collecting(**LATER)).then(ev.FactsCorrected)
    (event,) = collecting(**LATER)(after(*TO_DONE))
    assert (event.replaces, event.contribution, event.processing_version) == (COUNTED, MOVED, "v1")
    assert corrected.contribution == MOVED


def test_metadata_alone_touches_no_metrics():
    (event,) = collecting(metadata={"room": "7"})(after(*TO_DONE))
    assert (event.contribution, event.replaces, event.processing_version) == (None, None, "")


def test_an_author_removed_at_the_source_is_removed():
    named = (collecting(author_name="A Guest", author_id="g-1"),)
    assert given(*named).when(collecting()).then(ev.FactsCorrected).body.author is None


def test_the_same_facts_again_are_known():
    given(*TO_DONE, collecting(**LATER)).when(collecting(**LATER)).then_nothing()


def test_facts_that_go_back_and_forth_are_corrections_with_numbers():
    review, numbers = after(*TO_DONE), []
    for facts in (LATER, {}, LATER):
        (event,) = collecting(**facts)(review)
        numbers.append(event.correction)
        review = review.after([event])
    assert (numbers, review.contribution) == ([1, 2, 3], MOVED)


def test_a_correction_before_the_analysis_counts_once_it_is_counted():
    assert after(*TO_DONE[:1], collecting(**LATER), storing(), analysing(), counting()).contribution == MOVED


def test_what_an_earlier_revision_counts_for_waits_for_the_later_one():
    revised = (*TO_DONE, collecting(content="Loud rooms."))
    (event,) = collecting(content="Loud rooms.", **LATER)(after(*revised))
    assert (event.contribution, event.replaces) == (None, None)
    past = (*revised, collecting(content="Loud rooms.", **LATER), storing(2), analysing(2))
    (updated,) = counting(2)(after(*past))
    assert (updated.replaces, updated.contribution) == (COUNTED, MOVED)


def test_a_rollback_after_a_correction_withdraws_what_was_moved():
    moved = (*TO_DONE[:4], collecting(**LATER), failing("notify"))
    (rolled_back, _) = compensating()(after(*moved))
    assert rolled_back.withdrawn == MOVED


def test_the_hash_of_facts_does_not_depend_on_the_order_of_metadata():
    one, other = (draft(metadata=dict(pairs)) for pairs in ((("a", "1"), ("b", "2")), (("b", "2"), ("a", "1"))))
    assert correct(after(collecting()), one, now=NOW) == correct(after(collecting()), other, now=NOW)


@pytest.mark.parametrize("state", STATES)
def test_a_withdrawal_ends_the_saga_and_counts_no_more(state: str):
    before = after(*STATES[state])
    gone = given(*STATES[state]).when(withdrawing()).then(
        ev.ReviewWithdrawn(revision=before.revision, withdrawn=before.contribution, withdrawn_at=NOW, run_id="run-1")
    )  # fmt: skip
    assert (gone.step, gone.contribution, gone.not_before, gone.failure) == ("withdrawn", None, None, None)
    for again in (withdrawing(), compensating()):
        assert again(gone) == ()


def test_of_a_withdrawn_review_nothing_is_asked_any_more():
    gone = given(*TO_DONE, withdrawing())
    for command in (
        storing(),
        analysing(),
        counting(),
        notifying(),
        failing("nlp"),
        retrying_now(),
        reprocessing("v2"),
    ):
        gone.when(command).then_refused("withdrawn")


def test_what_was_never_seen_cannot_be_withdrawn():
    given().when(withdrawing()).then_nothing()


def test_a_withdrawn_review_that_comes_again_goes_through_the_saga_again():
    back = given(*TO_DONE, withdrawing()).when(collecting()).then(ev.ReviewRevised)
    assert (back.step, back.revision, back.contribution) == ("store", 2, None)
    (updated,) = counting(2)(after(*TO_DONE, withdrawing(), collecting(), storing(2), analysing(2)))
    assert (updated.replaces, updated.contribution) == (None, COUNTED)


def test_a_deletion_is_named_as_a_review_is():
    named = {"source": " blue-harbour ", "external_id": " r-1 "}
    assert validate_deletion(named, NOW) == Deletion("blue-harbour", "r-1")
    assert validate_deletion({**named, "content": "Quiet.", "rating": 9, "author_name": "A Guest"}, NOW) == Deletion(
        "blue-harbour", "r-1"
    )


@pytest.mark.parametrize(
    ("record", "field", "reason"),
    [
        ({"source": "s"}, "external_id", "missing"),
        ({"source": "s", "external_id": "  "}, "external_id", "missing"),
        ({"external_id": "r"}, "source", "missing"),
        ({"source": "", "external_id": "r"}, "source", "empty"),
        ({"source": "s", "external_id": 7}, "external_id", "no_text"),
        ({"source": "s", "external_id": "a\x00"}, "external_id", "nul"),
        ({"source": "s", "external_id": "r" * 201}, "external_id", "too_long"),
        ({"source": "s", "external_id": "r", "externalid": "r"}, "externalid", "unknown_field"),
    ],
)
def test_a_deletion_that_names_no_review_is_refused_with_the_field(record: dict[str, object], field: str, reason: str):
    with pytest.raises(InvalidReview) as refused:
        validate_deletion(record, NOW)
    assert (refused.value.field, refused.value.reason) == (field, reason)
