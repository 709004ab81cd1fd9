"""Whatever comes, validation says yes or names a reason, and never repeats what was sent."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregates.review.draft import Draft
from aggregates.review.field_names import showable
from aggregates.review.validation import validate
from schemas.codec import decode, encode
from schemas.errors import InvalidReview
from tests.aggregates.making import NOW, RECORD
from tests.effort import examples

FIELDS = [
    "source", "platform", "external_id", "title", "content", "rating", "best_rating", "worst_rating", "author_name",
    "author_id", "published_at", "language", "url", "metadata",
]  # fmt: skip
ANY_TEXT = st.text(st.characters(), max_size=20)  # with NUL and lone surrogates
LIKELY = st.sampled_from([
    "2026-01-02", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "en", "https://example.org", "4", "1e999",
    "NaN", "", " ", "\0", "\ud800", 10**400, -(10**400), 5e-324, 1e308, True, None,
])  # fmt: skip
LEAF = st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT | LIKELY
ANYTHING = st.recursive(LEAF, lambda below: st.lists(below, max_size=3) | st.dictionaries(ANY_TEXT, below, max_size=3))
RECORDS = st.dictionaries(st.sampled_from(FIELDS) | ANY_TEXT, ANYTHING, max_size=14)
MARKER = st.from_regex(r"zq[a-z]{6,10}qz", fullmatch=True)


def validated(record: dict[str, Any]) -> Draft | InvalidReview:
    try:
        return validate(record, NOW)
    except InvalidReview as problem:
        return problem


@settings(max_examples=examples(120))
@given(RECORDS, st.booleans())
def test_anything_is_a_draft_or_an_invalid_review(changes, sound):
    found = validated({**RECORD, **changes} if sound else changes)
    if isinstance(found, Draft):
        event = found.collected(NOW, None)
        assert decode(encode(event)) == event
        assert event.rating is None or 1 <= event.rating <= 5
    else:
        assert found.reason
        assert found.field in {*FIELDS, ""} or (found.reason == "unknown_field" and showable(found.field, FIELDS))


@settings(max_examples=examples(80))
@given(MARKER, st.data())
def test_what_was_sent_is_never_repeated(marker, data):
    spoilt = data.draw(st.lists(st.sampled_from([*FIELDS, "unknown"]), min_size=1, unique=True))
    forms = [marker, marker + "\0", marker + "\ud800", marker * 200, [marker], {marker: marker}, {marker: 1},
             {marker + "\0": "a"}, {"a": marker * 99}, f"http:{marker}"]  # fmt: skip
    record = {**RECORD, **{name: data.draw(st.sampled_from(forms)) for name in spoilt}}
    if "unknown" in spoilt:
        record[marker] = marker
    found = validated(record)
    if isinstance(found, InvalidReview):
        assert marker not in f"{found} {found.field} {found.reason} {found.args!r}"
        assert found.__cause__ is None
