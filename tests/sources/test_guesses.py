"""Columns are guessed by names and values: what a name promises and the values do not keep is passed over, and said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.files.column_guesses import GUESSES, guess
from sources.files.mapping import FieldMapping
from sources.files.mapping_report import columns_of, said_of

Record = dict[str, Any]


def rows(**columns: list[Any]) -> list[Record]:
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def names(sample: list[Record]) -> list[str]:
    return list(dict.fromkeys(name for record in sample for name in record))


def taken(mapping: FieldMapping, sample: list[Record]) -> dict[str, str]:
    return columns_of(mapping, mapping.guesses(sample), names(sample))


def said(mapping: FieldMapping, sample: list[Record]) -> list[str]:
    return list(said_of(mapping, mapping.guesses(sample), names(sample)))


def chosen(sample: list[Record]) -> dict[str, str]:
    return taken(FieldMapping().knowing(sample), sample)


SHAPES = {
    "app store export": (
        [
            "Reviewer Language",
            "Review Submit Date and Time",
            "Star Rating",
            "Review Title",
            "Review Text",
            "Review Link",
        ],
        {"language": 0, "published_at": 1, "rating": 2, "title": 3, "content": 4, "url": 5},
    ),
    "shop export": (
        ["Reviewer Name", "Review Title", "Review Message", "Review Score", "Created_at"],
        {"author_name": 0, "title": 1, "content": 2, "rating": 3, "published_at": 4},
    ),
    "flattened": (
        ["name", "dateAdded", "reviews.date", "reviews.rating", "reviews.text", "reviews.title", "reviews.username"],
        {"author_name": 6, "published_at": 2, "rating": 3, "content": 4, "title": 5},
    ),
    "camel case": (
        ["reviewId", "starRating", "comment", "createTime", "reviewUrl"],
        {"external_id": 0, "rating": 1, "content": 2, "published_at": 3, "url": 4},
    ),
    "others": (["comments", "overall", "unixReviewTime"], {"content": 0, "rating": 1, "published_at": 2}),
    "description": (["reviewDescription", "reviewDate", "stars"], {"content": 0, "published_at": 1, "rating": 2}),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_names_of_exports_are_known(shape: str) -> None:
    names, meant = SHAPES[shape]
    found = {target: one.column for target, one in guess(names, []).items() if one.column}
    assert found == {target: names[at] for target, at in meant.items()}


def test_a_flag_is_no_date() -> None:
    sample = rows(Published=["TRUE", "FALSE"], Created_at=["2026-01-02 03:04:05"] * 2, text=["a b", "c d"])
    found = guess(list(sample[0]), sample)["published_at"]
    assert (found.column, dict(found.dismissed)) == ("Created_at", {"Published": "holds no dates"})
    assert chosen(sample)["published_at"] == "Created_at"


@pytest.mark.parametrize(
    "content", [["text/plain"] * 2, ["https://a.example/1", "https://a.example/2"], ["7", "8"], ["same", "same"]]
)
def test_what_holds_no_words_is_no_content(content: list[str]) -> None:
    assert chosen(rows(content=content, body=["A fine stay.", "A cold room."]))["content"] == "body"


def test_one_word_for_all_is_content_where_nothing_else_is() -> None:
    assert chosen(rows(text=["Good"] * 3, rating=["5"] * 3))["content"] == "text"


def test_an_empty_column_gives_way_to_one_that_is_not() -> None:
    assert chosen(rows(content=["", " "], body=["A fine stay.", "A cold room."]))["content"] == "body"
    assert chosen(rows(text=["Good", "Good"], comment=["", ""]))["content"] == "text"
    assert chosen(rows(comments=["", ""], pros=["View", ""], cons=["", "Price"]))["content"] == "pros+cons"


def test_given_forms_and_meanings_count_for_what_a_column_holds() -> None:
    sample = rows(
        date=["03/04/16", "04/04/16"], created_at=["2026-01-02"] * 2, rating=["up", "down"], text=["a b", "c d"]
    )
    assert chosen(sample) == {"content": "text", "published_at": "created_at"}
    given = FieldMapping.parse(date_format="%d/%m/%y", values=["rating:up=5,down=1"]).knowing(sample)
    assert taken(given, sample) == {"content": "text", "published_at": "date", "rating": "rating"}
    assert given.read(sample[0]).review["rating"] == 5.0


def test_the_title_of_a_place_is_no_title() -> None:
    beside = rows(title=["Old Mill", "Corner Bar"], placeId=["p-1", "p-2"], text=["Cold soup.", "Warm beer."])
    repeated = rows(title=["Old Mill"] * 3, text=["Cold soup.", "Warm beer.", "Fine."])
    starred = rows(title=["Old Mill"] * 2, stars=[1, 2], text=["Cold soup.", "Warm beer."])
    assert ["title" in chosen(sample) for sample in (beside, repeated, starred)] == [False] * 3
    assert chosen(rows(title=["Cold", "Warm", "Cold"], text=["Soup.", "Beer.", "Tea."]))["title"] == "title"


def test_an_id_that_many_share_is_the_products() -> None:
    products = rows(id=["b-1", "b-1", "b-1", "b-2"], user=["a", "b", "c", "d"], text=["w", "x", "y", "z"])
    edits = rows(id=["r-1", "r-1", "r-2", "r-3"], user=["a", "a", "b", "c"], text=["w", "x", "y", "z"])
    explicit = rows(review_id=["b-1", "b-1"], user=["a", "b"], text=["w", "x"])
    dated = rows(id=["b-1", "b-1"], date=["2026-01-01", "2026-01-02"], text=["w", "x"])
    assert ["external_id" in chosen(sample) for sample in (products, edits, explicit, dated)] == [
        False,
        True,
        True,
        False,
    ]


def test_an_account_path_is_no_author() -> None:
    assert "author_name" not in chosen(rows(name=["accounts/1/locations/2/reviews/3"], comment=["Fine."]))


def test_relative_dates_are_passed_over() -> None:
    sample = rows(date=["2 days ago", "a week ago"], publishedAtDate=["2026-01-02T00:00:00Z"] * 2, text=["a b", "c d"])
    assert chosen(sample)["published_at"] == "publishedAtDate"


def test_columns_with_ambiguous_dates_are_dates() -> None:
    assert chosen(rows(date=["01/02/2026", "03/04/2026"], text=["a b", "c d"]))["published_at"] == "date"


def test_alternatives_are_told_and_what_is_taken_is_not_guessed() -> None:
    sample = rows(text=["A fine stay."], comment=["Another text."], rating=["5"])
    assert guess(list(sample[0]), sample)["content"].alternatives == ("comment",)
    assert guess(list(sample[0]), sample, taken=["text"])["content"].column == "comment"


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["id", "title", "text", "content", "date", "author", "rating", "x", "stars", "placeId"]),
            st.none()
            | st.integers()
            | st.text(max_size=5)
            | st.dictionaries(st.sampled_from(["name", "value"]), st.text(max_size=3)),
        ),
        max_size=5,
    )
)
def test_a_guess_is_a_column_and_what_reading_does(sample: list[Record]) -> None:
    found = guess((), sample)
    there = {name for record in sample for name in record}
    assert set(found) == set(GUESSES)
    assert {one.column.split(".")[0] for one in found.values() if one.column} <= there
    assert all(one.column not in {*one.alternatives, *one.dismissed} for one in found.values())
    mapping = FieldMapping().knowing(sample)
    for record in sample:
        dismissed = [name for name, why in found["content"].dismissed.items()]
        assert "content" not in mapping.read(record).review or not set(dismissed) >= {"text", "content"}


def test_what_is_missing_or_passed_over_is_said() -> None:
    sample = rows(Published=["TRUE", "FALSE"], stars=["5", "4"])
    assert said(FieldMapping().knowing(sample), sample) == [
        (
            "no column is taken for external_id: rows that say the same of the same, by the same author at the same time, "
            "count as one; --map external_id=COLUMN names one"
        ),
        "the column 'Published' is not taken for published_at: it holds no dates; --map published_at=Published takes it all the same",
    ]
    named = FieldMapping.parse("external_id=", "content=", "published_at:=2026-01-01").knowing(sample)
    assert said(named, sample) == []
    assert said(named, []) == []
