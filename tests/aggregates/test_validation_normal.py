"""What validation makes of a review that it lets through."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aggregates.review.identity import comparable
from schemas.events.review import ReviewCollected, ReviewRevised
from schemas.parts import Author
from tests.aggregates.making import NOW, draft

RATING = st.floats(-1e9, 1e9)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("given_rating", "best", "worst", "normal"),
    [
        (4, None, None, 4.0),
        ("4.5", None, None, 4.5),
        (" 4 ", None, None, 4.0),
        (10, 10, 1, 5.0),
        (1, 10, 1, 1.0),
        (7, 10, 0, 3.8),
        (80, 100, 0, 4.2),
        (0, 1, 0, 1.0),
        (1, 1, 0, 5.0),
        (-1, 1, -1, 1.0),
        (3, 5, None, 3.0),
        ("", None, None, None),
        (None, 10, 0, None),
    ],
)
def test_ratings_come_onto_one_scale(given_rating, best, worst, normal):
    assert draft(rating=given_rating, best_rating=best, worst_rating=worst).rating == normal


@given(RATING, RATING, st.floats(0, 1))
def test_ratings_of_any_scale_end_between_1_and_5(one, other, share):
    assume(one != other)
    worst, best = sorted((one, other))
    rating = min(max(worst + (best - worst) * share, worst), best)
    found = draft(rating=rating, best_rating=best, worst_rating=worst)
    assert found.rating is not None
    assert 1 <= found.rating <= 5
    assert abs(found.rating - (1 + 4 * share)) < 0.02 or best - worst < 1e-6
    assert (found.rating_given, found.rating_best, found.rating_worst) == (rating, best, worst)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-02", datetime(2026, 1, 2, tzinfo=UTC)),
        ("2026-01-02T03:04:05", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02 03:04:05.678901", datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)),
        ("2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T03:04:05+05:30", datetime(2026, 1, 1, 21, 34, 5, tzinfo=UTC)),
        (" 2026-01-02T03:04:05-08:00 ", datetime(2026, 1, 2, 11, 4, 5, tzinfo=UTC)),
        (date(2026, 1, 2), datetime(2026, 1, 2, tzinfo=UTC)),
        ("2026-01-02+02:00", datetime(2026, 1, 2, tzinfo=UTC)),
        ("2026-01-02Z", datetime(2026, 1, 2, tzinfo=UTC)),
        ("20260102T030405Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-W01-5t03:04", datetime(2026, 1, 2, 3, 4, tzinfo=UTC)),
        (datetime(2026, 1, 2, 3), datetime(2026, 1, 2, 3, tzinfo=UTC)),  # noqa: DTZ001 - a naive time is meant
        (datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=1))), datetime(2026, 1, 2, 2, tzinfo=UTC)),
    ],
)
def test_times_become_utc_and_naive_ones_are_utc(text, moment):
    published = draft(published_at=text).published_at
    assert (published, published.tzinfo) == (moment, UTC)


def test_blank_texts_are_absent_and_others_are_trimmed():
    found = draft(title=" ", author_name="", url="", language=" ", external_id="  e-1 ", content=" Quiet. ")
    assert (found.title, found.author, found.url, found.language_hint) == (None,) * 4
    assert (found.external_id, found.content) == ("e-1", "Quiet.")


def test_an_author_may_have_only_a_name_or_only_an_id():
    assert draft(author_name="A Guest").author == Author("A Guest", None)
    assert draft(author_id="g-1").author == Author(None, "g-1")


def test_a_draft_becomes_the_first_event_or_a_revision():
    first = draft().collected(NOW, "run-1")
    assert type(first) is ReviewCollected
    assert (first.revision, first.run_id, first.collected_at) == (1, "run-1", NOW)
    second = draft(content="Loud rooms.").revised(first, NOW, None)
    assert type(second) is ReviewRevised
    assert (second.revision, second.previous_content_hash) == (2, first.content_hash)


@given(TEXT, TEXT, TEXT, TEXT)
def test_the_hash_changes_exactly_with_what_counts_as_content(title, other_title, content, other_content):
    def digest(**fields: object) -> tuple[object, object]:
        found = draft(**fields)
        return (found.title, found.content, found.rating), found.content_hash

    variants = [
        digest(title=title, content=content),
        digest(title=other_title, content=content),
        digest(title=title, content=other_content),
        digest(title=content, content=title),
        digest(title=None, content=title + content),
        digest(title=title, content=content, rating=2),
        digest(title=title, content=content, rating=None) if content.strip() else digest(rating=3),
    ]
    for seen, found in variants:
        for other_seen, other_found in variants:
            assert (seen == other_seen) == (found == other_found)


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "other"}, {"platform": "other"}, {"external_id": "other"}, {"author_name": "A Guest"},
        {"published_at": "2025-01-01"}, {"language": "de"}, {"url": "https://example.org"}, {"metadata": {"a": "b"}},
        {"rating": 8, "best_rating": 10, "worst_rating": 1, "content": "Quiet rooms. "},
    ],
)  # fmt: skip
def test_nothing_else_changes_the_hash(changes):
    base = draft(rating=4.11) if "rating" in changes else draft()
    assert draft(**changes).content_hash == base.content_hash


def test_derived_ids_are_stable():
    one = draft(external_id=None, published_at="2026-01-02T03:04:05+01:00", author_name="A Guest", language="en")
    two = draft(external_id=" ", published_at="2026-01-02T02:04:05", author_name=" A Guest ", metadata={"a": "b"})
    assert one.external_id == two.external_id
    assert one.external_id == "derived-0a16a3e7cc37cc266deb0f8e85d43627"


@pytest.mark.parametrize(
    "changes",
    [
        {"author_name": "A Guest"}, {"author_id": "A Guest"}, {"published_at": "2026-02-01T10:00:00.000001Z"},
        {"title": "Quiet rooms."}, {"content": "Loud rooms."}, {"rating": 3}, {"rating": None},
        {"title": "Quiet", "content": "rooms."}, {"url": "https://a.example/1"}, {"metadata": {"product": "kettle"}},
        {"metadata": {"Hotel_Name": "Quay"}},
    ],
)  # fmt: skip
def test_derived_ids_of_other_reviews_are_others(changes):
    assert draft(external_id=None, **changes).external_id != draft(external_id=None).external_id


@given(st.lists(st.tuples(TEXT, TEXT, TEXT).map(lambda t: tuple(x.strip() for x in t)), min_size=2, unique=True))
def test_derived_ids_are_distinct(reviews):
    drafts = [draft(external_id=None, author_name=a, title=t, content=c) for a, t, c in reviews]
    assert len({each.external_id for each in drafts}) == len(reviews)


SPELLED = [
    "Zoe\u0301 1",
    "Zo\u00e9 1",
    " Zo\u00e9 1 ",
    "\ufeffZo\u00e9 1",
    "Zo\u00e9 1\u200b",
    "\u00a0Zoe\u0301 1\t",
    " \u200b \ufeffZo\u00e9 1\r\n",
]


@pytest.mark.parametrize("field", ["external_id", "source"])
def test_ids_and_sources_that_look_alike_are_one(field):
    assert {getattr(draft(**{field: spelled}), field) for spelled in SPELLED} == {"Zo\u00e9 1"}


@pytest.mark.parametrize("other", ["zo\u00e9 1", "Zo\u00e9\u00a01", "Zo\u00e91", "Zo\u00e9\u20101", "Zoe 1"])
def test_what_can_be_told_apart_stays_apart(other):
    assert draft(external_id=other).external_id == other


def test_an_id_of_what_cannot_be_seen_is_none():
    assert draft(external_id="\u200b \ufeff").external_id.startswith("derived-")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_comparing_twice_is_comparing_once(text):
    assert comparable(comparable(text)) == comparable(text) == comparable(f"\u200b {text}\ufeff\n")


@pytest.mark.parametrize(
    "odd", ["British English", "en" + "-abc" * 9, "en-US,en;q=0.9", "*", "sr@latin", 1033, True, ["en"], {"code": "en"}]
)
def test_an_odd_language_costs_the_hint_and_is_kept(odd):
    found = draft(language=odd, metadata={"room": "12"})
    kept = odd if isinstance(odd, str) else json.dumps(odd)
    assert (found.language_hint, dict(found.metadata)) == (None, {"room": "12", "language": kept})


def test_an_odd_language_costs_no_other_metadata():
    full = {str(number): "v" for number in range(32)}
    assert dict(draft(language="British English", metadata=full).metadata) == full
    assert dict(draft(language="British English", metadata={"language": "en"}).metadata) == {"language": "en"}
    assert draft(language="l" * 9_000).metadata["language"] == "l" * 500


def test_null_is_absent_everywhere():
    nulls = dict.fromkeys(
        ["platform", "title", "content", "best_rating", "author_name", "language", "url", "no_such_field"]
    )
    assert draft(**nulls, metadata={"room": None, "bed": "1"}) == draft(platform="", content="", metadata={"bed": "1"})
    assert draft(metadata=None) == draft()
