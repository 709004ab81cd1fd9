"""An unknown field is named where its name cannot be personal data, and only there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.review.field_names import WORDS, meant_field, showable
from aggregates.review.validation import validate
from schemas.errors import InvalidReview
from tests.aggregates.making import NOW, RECORD
from tests.aggregates.test_validation_any import FIELDS


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ratng", "rating"), ("raitng", "rating"), ("ratings", "rating"), ("Rating", "rating"), ("rathng", "rating"),
        ("publishedAt", "published_at"), ("author-name", "author_name"), ("titel", "title"), ("URL", "url"),
        ("stars", None), ("earl", None), ("author_nina", None), ("Anna Example", None), ("", None),
    ],
)  # fmt: skip
def test_the_field_that_was_meant(name: str, meant: str | None) -> None:
    assert meant_field(name, FIELDS) == meant


@pytest.mark.parametrize("name", ["stars", "helpful_votes", "reviewText", "stay.date", "verified purchase", "userID"])
def test_names_of_common_words_are_shown(name: str) -> None:
    assert showable(name, FIELDS)


@pytest.mark.parametrize(
    "name",
    [
        "Anna Example", "anna_example", "anna@example.org", "+49 170 1234567", "user_4711", "hunter2", "reviewer anna",
        "rating of anna", "", " ", "_", "rating_" * 20, "rat\u0131ng", "\0", "name\n",
    ],
)  # fmt: skip
def test_other_names_are_not(name: str) -> None:
    assert not showable(name, FIELDS)
    with pytest.raises(InvalidReview) as caught:
        validate({**RECORD, name: "x"}, NOW)
    assert (caught.value.field, caught.value.reason) == ("", "unknown_field")
    assert "may be personal data" in str(caught.value)


def test_the_error_says_which_field_was_meant() -> None:
    with pytest.raises(
        InvalidReview, match=r"^ratng: an unknown field \(did you mean rating\?\); put .* under metadata$"
    ):
        validate({**RECORD, "ratng": 4}, NOW)


COMMON = st.sampled_from(sorted(WORDS))
ODD = st.from_regex(r"zq[a-z]{3,9}", fullmatch=True)


@given(st.lists(COMMON, min_size=1, max_size=4), ODD, st.sampled_from("_-. "), st.data())
def test_one_word_that_is_not_on_the_list_keeps_a_name_unnamed(
    words: list[str], odd: str, separator: str, data: st.DataObject
) -> None:
    words.insert(data.draw(st.integers(0, len(words))), odd)
    assert not showable(separator.join(words), FIELDS)
    assert not showable("".join(word.title() for word in words), FIELDS)


@given(st.text(max_size=70))
def test_what_is_shown_has_letters_and_separators_only(name: str) -> None:
    if showable(name, FIELDS):
        assert name.isascii()
        assert name.translate(str.maketrans("", "", "_-. ")).isalpha()
