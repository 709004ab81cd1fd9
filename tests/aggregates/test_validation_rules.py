"""What validation refuses, which field it names and why; and what it lets through at the border."""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest

from aggregates.review.validation import MAX_CONTENT, validate
from schemas.errors import InvalidReview
from tests.aggregates.making import NOW, RECORD

GONE = object()
REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("no source", {"source": GONE}, "source", "missing"),
    ("neither content nor rating", {"content": GONE, "rating": GONE}, "content", "empty"),
    ("no date", {"published_at": GONE}, "published_at", "missing"),
    ("blank source", {"source": "  "}, "source", "empty"),
    ("long source", {"source": "s" * 201}, "source", "too_long"),
    ("long platform", {"platform": "s" * 201}, "platform", "too_long"),
    ("long id", {"external_id": "s" * 201}, "external_id", "too_long"),
    ("long title", {"title": "s" * 2_001}, "title", "too_long"),
    ("long author", {"author_name": "s" * 201}, "author_name", "too_long"),
    ("long author id", {"author_id": "s" * 201}, "author_id", "too_long"),
    ("long content", {"content": "s" * (MAX_CONTENT + 1)}, "content", "too_long"),
    ("1 MB of content", {"content": "s" * 1_000_000}, "content", "too_long"),
    ("content that is a number", {"content": 5}, "content", "no_text"),
    ("null content and rating", {"content": None, "rating": None}, "content", "empty"),
    ("source that is null", {"source": None}, "source", "missing"),
    ("id that is a number", {"external_id": 5}, "external_id", "no_text"),
    ("neither text nor rating", {"content": " ", "rating": None}, "content", "empty"),
    ("neither text nor rating as text", {"content": "", "rating": ""}, "content", "empty"),
    ("rating above the scale", {"rating": 5.01}, "rating", "out_of_range"),
    ("rating below the scale", {"rating": 0.99}, "rating", "out_of_range"),
    ("rating below a given scale", {"rating": 1, "worst_rating": 2}, "rating", "out_of_range"),
    ("rating in words", {"rating": "five stars"}, "rating", "no_number"),
    ("rating with a comma", {"rating": "4,5"}, "rating", "no_number"),
    ("rating true", {"rating": True}, "rating", "no_number"),
    ("best rating false", {"best_rating": False}, "best_rating", "no_number"),
    ("rating that is a list", {"rating": [4]}, "rating", "no_number"),
    ("rating NaN", {"rating": float("nan")}, "rating", "no_number"),
    ("rating Infinity", {"rating": float("inf")}, "rating", "no_number"),
    ("best rating Infinity", {"best_rating": float("inf")}, "best_rating", "no_number"),
    ("rating NaN as text", {"rating": "NaN"}, "rating", "no_number"),
    ("rating that overflows as text", {"rating": "1e999"}, "rating", "no_number"),
    ("rating of 400 digits", {"rating": 10**400}, "rating", "no_number"),
    ("scale that overflows", {"best_rating": 1e308, "worst_rating": -1e308}, "best_rating", "out_of_range"),
    ("worst rating that overflows", {"worst_rating": -1e308}, "worst_rating", "out_of_range"),
    ("scale upside down", {"best_rating": 1, "worst_rating": 5}, "rating", "scale"),
    ("scale of one point", {"best_rating": 3, "worst_rating": 3}, "rating", "scale"),
    ("scale below the usual worst", {"best_rating": 0.5}, "rating", "scale"),
    ("date in words", {"published_at": "yesterday"}, "published_at", "no_date"),
    ("empty date", {"published_at": ""}, "published_at", "no_date"),
    ("date that is a number", {"published_at": 1767225600}, "published_at", "no_date"),
    ("date that is null", {"published_at": None}, "published_at", "missing"),
    ("date with an hour after a hyphen", {"published_at": "2026-01-29-10"}, "published_at", "no_date"),
    ("date with a time after another sign", {"published_at": "2026-01-29x10:00"}, "published_at", "no_date"),
    ("date that does not exist", {"published_at": "2026-02-30"}, "published_at", "no_date"),
    ("1899", {"published_at": "1899-12-31T23:59:59Z"}, "published_at", "out_of_range"),
    ("before 1970 by its offset", {"published_at": "1970-01-01T00:59:59+01:00"}, "published_at", "out_of_range"),
    ("9999", {"published_at": "9999-12-31T23:59:59Z"}, "published_at", "out_of_range"),
    ("9999 with an offset", {"published_at": "9999-12-31T23:59:59-14:00"}, "published_at", "out_of_range"),
    ("0001", {"published_at": "0001-01-01"}, "published_at", "out_of_range"),
    ("0001 with an offset", {"published_at": "0001-01-01T00:00:00+14:00"}, "published_at", "out_of_range"),
    ("after tomorrow", {"published_at": "2026-02-04T04:05:06.789013Z"}, "published_at", "out_of_range"),
    ("url without a scheme", {"url": "example.org"}, "url", "format"),
    ("url of a script", {"url": "javascript:alert(1)"}, "url", "format"),
    ("url with a blank", {"url": "https://example.org/a b"}, "url", "format"),
    ("long url", {"url": "https://example.org/" + "a" * 2_000}, "url", "too_long"),
    ("metadata that is a list", {"metadata": []}, "metadata", "no_object"),
    ("metadata with a number", {"metadata": {"room": 12}}, "metadata", "no_text"),
    ("metadata of 33 entries", {"metadata": {str(n): "" for n in range(33)}}, "metadata", "too_long"),
    ("metadata with a long value", {"metadata": {"room": "s" * 501}}, "metadata", "too_long"),
    ("metadata with a long name", {"metadata": {"s" * 201: ""}}, "metadata", "too_long"),
    ("a field with a letter too few", {"ratng": 4}, "ratng", "unknown_field"),
    ("a field in another spelling", {"authorName": "Anna"}, "authorName", "unknown_field"),
    ("a field of common words", {"helpful_votes": 4}, "helpful_votes", "unknown_field"),
    ("a field whose name may be personal data", {"Anna Example": 4}, "", "unknown_field"),
    ("NUL in the source", {"source": "a\0"}, "source", "nul"),
    ("NUL in the id", {"external_id": "a\0"}, "external_id", "nul"),
    ("NUL in the title", {"title": "a\0"}, "title", "nul"),
    ("NUL in the content", {"content": "a\0"}, "content", "nul"),
    ("NUL in the author", {"author_name": "a\0"}, "author_name", "nul"),
    ("NUL in the url", {"url": "https://example.org/\0"}, "url", "nul"),
    ("NUL in the language", {"language": "en\0"}, "language", "format"),
    ("NUL in the date", {"published_at": "2026-01-01\0"}, "published_at", "no_date"),
    ("NUL in metadata", {"metadata": {"a": "\0"}}, "metadata", "nul"),
    ("NUL in a metadata name", {"metadata": {"\0": "a"}}, "metadata", "nul"),
    ("half a character in the content", {"content": "a\ud800"}, "content", "surrogate"),
    ("half a character in the author", {"author_name": "a\udfff"}, "author_name", "surrogate"),
    ("half a character in the source", {"source": "a\ud800"}, "source", "surrogate"),
    ("half a character in the language", {"language": "en\ud800"}, "language", "surrogate"),
    ("half a character in the url", {"url": "https://\ud800"}, "url", "surrogate"),
    ("half a character in metadata", {"metadata": {"a": "\ud800"}}, "metadata", "surrogate"),
    ("half a character in a metadata name", {"metadata": {"\ud800": "a"}}, "metadata", "surrogate"),
    ("half a character in a name", {"\ud800": "a"}, "", "surrogate"),
    ("half a character in the rating", {"rating": "4\ud800"}, "rating", "surrogate"),
    ("half a character in the date", {"published_at": "2026-01-01\ud800"}, "published_at", "no_date"),
]


def changed(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**RECORD, **changes}.items() if value is not GONE}


@pytest.mark.parametrize(("changes", "field", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_turned_away_and_why(changes, field, reason):
    with pytest.raises(InvalidReview) as caught:
        validate(changed(changes), NOW)
    assert (caught.value.field, caught.value.reason) == (field, reason)
    assert str(caught.value).startswith(f"{field}: " if field else "a")
    assert len(str(caught.value)) < 200


def test_every_field_of_the_contract_is_refused_somewhere():
    named = {field for _, _, field, _ in REFUSED}
    assert named >= {
        "source", "platform", "external_id", "title", "content", "rating", "best_rating", "worst_rating",
        "author_name", "author_id", "published_at", "language", "url", "metadata",
    }  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "s" * 200, "external_id": "e" * 200, "platform": "p" * 200},
        {"content": "s" * MAX_CONTENT, "title": "t" * 2_000},
        {"content": "", "rating": 3},
        {"content": "  \n", "rating": "3"},
        {"rating": 1},
        {"rating": 5},
        {"metadata": {str(number): "v" * 500 for number in range(32)}},
        {"published_at": "1970-01-01"},
        {"published_at": "2026-02-04T04:05:06.789012Z"},
        {"language": "zh-Hant-TW"},
        {"content": GONE, "rating": 3},
        {"content": None, "rating": 3},
        dict.fromkeys(("platform", "title", "author_name", "language", "url", "metadata", "external_id")),
        {"metadata": {"room": None}},
        {"Anna Example": None},
        {"url": "https://example.org/r/1?a=b#c"},
        {"content": "\N{GRINNING FACE} \u202e\ufeff ﷺ \U0010ffff"},
    ],
)
def test_what_is_let_through_at_the_border(changes):
    assert validate(changed(changes), NOW).source


def test_any_mapping_is_a_record():
    assert validate(MappingProxyType(RECORD), NOW) == validate(RECORD, NOW)


def test_the_clock_is_the_callers():
    later = datetime(2030, 1, 1, tzinfo=UTC)
    assert validate(changed({"published_at": "2030-01-01"}), later).published_at == later
