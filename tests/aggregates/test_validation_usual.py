"""What is usual is validated by a shorter way, which finds what the long one does."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregates.review.draft import Draft
from aggregates.review.identity import comparable, telling_apart
from aggregates.review.moments import iso_moment
from tests.aggregates.making import RECORD
from tests.aggregates.test_validation_any import ANY_TEXT, validated
from tests.effort import examples

TEXTS = ANY_TEXT | st.sampled_from(["", "v", "a\0", "\ud800", "x" * 201, "x" * 501, "\x1c", None, 4])


@settings(max_examples=examples(200))
@given(st.dictionaries(ANY_TEXT | st.sampled_from(["hotel", "a\0", "x" * 201]), TEXTS, max_size=5))
def test_a_null_in_the_metadata_changes_nothing(metadata: dict[str, object]) -> None:
    found = validated({**RECORD, "metadata": metadata})
    with_null = validated({**RECORD, "metadata": {**metadata, "none of these names": None}})
    assert found == with_null if isinstance(found, Draft) else str(found) == str(with_null)


@given(st.text(st.characters(codec="ascii"), max_size=12))
def test_a_plain_id_is_compared_as_one_with_invisible_signs(text: str) -> None:
    assert comparable(text) == comparable(f"\u200b{text}\u200b")


@settings(max_examples=examples(200))
@given(st.from_regex(r"2026-[0-3]\d-[0-3]\d(?:[Tt ][0-2]\d(?::\d\d(?:[+-]\d\d:\d\d|Z)?)?)?", fullmatch=True))
def test_a_date_with_hyphens_is_the_one_without(text: str) -> None:
    assert moment_of(text) == moment_of(text[:4] + text[5:7] + text[8:])


def moment_of(text: str) -> object:
    try:
        return iso_moment(text)
    except ValueError:
        return ValueError


def test_what_a_review_is_about_is_found_in_the_order_of_the_names() -> None:
    metadata = {"Place ID": "p", "colour": "red", "asin": "a", "HOTEL-NAME": "h"}
    assert list(telling_apart("https://shop.example/1", metadata)) == ["https://shop.example/1", "h", "p", "a"]
