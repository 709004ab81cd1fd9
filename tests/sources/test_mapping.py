"""From columns to fields: the user's word first, then common names, the rest is metadata."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import InvalidInput
from sources.files.mapping import FILLERS, TARGET_FIELDS, FieldMapping, Problem
from sources.files.metadata import MAX_METADATA, MAX_METADATA_CHARS
from sources.files.notes import BELOW_CAP, CUT


def test_common_names_are_understood_and_the_rest_is_metadata():
    record = {
        "Review ID": "7",
        "Summary": "Fine",
        "text": "Good.",
        "stars": "4,5",
        "User": "Ada",
        "at": "2026-09-01",
        "helpful": "3",
    }
    assert FieldMapping().apply(record) == {
        "external_id": "7",
        "title": "Fine",
        "content": "Good.",
        "rating": 4.5,
        "author_name": "Ada",
        "published_at": "2026-09-01",
        "metadata": {"helpful": "3"},
    }


COMMON_NAMES = {
    "content": "text content review body",
    "rating": "rate rating stars score overall_rating",
    "author_name": "name author user",
    "published_at": "date at published",
    "title": "title summary",
    "external_id": "id review_id",
}


@pytest.mark.parametrize(
    ("field", "column"), [(field, name) for field in COMMON_NAMES for name in COMMON_NAMES[field].split()]
)
def test_each_common_name_means_its_field(field, column):
    assert FieldMapping().apply({column: "5"})[field] in {"5", 5.0}


def test_what_the_user_says_wins_and_is_not_guessed_again():
    mapping = FieldMapping.parse("content=title", "author_id = who.id")
    review = mapping.apply({"title": "T", "text": "X", "who": {"id": 12, "age": 3}})
    assert review == {"content": "T", "author_id": "12", "metadata": {"text": "X", "who": '{"age": 3}'}}


def test_a_value_for_all_rows_wins_over_any_column():
    mapping = FieldMapping.parse("best_rating:=10", "platform:=skies")
    review = mapping.apply({"rating": "7", "platform": "elsewhere"})
    assert review == {"rating": 7.0, "best_rating": 10.0, "platform": "skies", "metadata": {"platform": "elsewhere"}}


def test_a_guessed_link_that_is_no_address_is_metadata():
    assert FieldMapping().apply({"link": "/reviews/7"}) == {"metadata": {"link": "/reviews/7"}}
    assert FieldMapping().apply({"link": "https://x.test/7"}) == {"url": "https://x.test/7", "metadata": {}}
    assert FieldMapping.parse("url=link").apply({"link": "/reviews/7"})["url"] == "/reviews/7"


def test_authors_and_ratings_within_objects_are_found():
    review = FieldMapping().apply({"author": {"name": "Ada", "id": 5}, "rating": {"value": 4, "rating_max": 5}})
    assert review == {"author_name": "Ada", "author_id": "5", "rating": 4, "best_rating": 5, "metadata": {}}


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("4", 4.0),
        (" 4.5 ", 4.5),
        ("4/5", 4.0),
        ("8 out of 10", 8.0),
        ("good", "good"),
        ("1e999", "1e999"),
    ],
)
def test_ratings_are_numbers_where_they_can_be(text, rating):
    assert FieldMapping().apply({"rating": text})["rating"] == rating


def test_a_rating_out_of_a_best_one_names_the_best_one():
    assert FieldMapping().apply({"rating": "8/10"})["best_rating"] == 10.0
    assert FieldMapping().apply({"rating": "8/10", "best_rating": "100"})["best_rating"] == 100.0


def test_metadata_is_text_and_capped():
    record = {f"c{number}": "x" * 1000 for number in range(50)}
    metadata = FieldMapping().apply(record | {"metadata": {"kept": [1, True]}})["metadata"]
    assert len(metadata) == MAX_METADATA
    assert metadata["kept"] == "[1, true]"
    assert {len(value) for name, value in metadata.items() if name != "kept"} == {MAX_METADATA_CHARS}


def test_blank_and_null_values_are_left_out():
    assert FieldMapping().apply({"title": " ", "rating": None, "content": None, "note": ""}) == {"metadata": {}}


def test_a_blank_content_stays_because_a_rating_alone_is_a_review():
    assert FieldMapping().apply({"text": " ", "rating": "4"}) == {"content": "", "rating": 4.0, "metadata": {}}


@pytest.mark.parametrize(
    ("pair", "field", "message"),
    [
        ("contents=text", "contents", "known are external_id, title, content"),
        ("content", "map", "write field=column"),
        ("rating:=", "rating", "rating:=value"),
    ],
)
def test_a_wrong_mapping_names_the_field_and_the_fix(pair, field, message):
    with pytest.raises(InvalidInput, match=message) as caught:
        FieldMapping.parse(pair)
    assert caught.value.field == field


def test_a_field_is_mapped_once_and_to_a_column_that_is_there():
    with pytest.raises(InvalidInput, match="content is mapped twice"):
        FieldMapping.parse("content=a", "content:=b")
    with pytest.raises(InvalidInput, match="content is mapped twice"):
        FieldMapping({"content": "a"}, {"content": "b"})
    mapping = FieldMapping.parse("content=a", "author_name=who.name")
    mapping.check(["a", "who"])
    with pytest.raises(InvalidInput, match=r"content is mapped to the column 'a'.*there are who, b"):
        mapping.check(["who", "b"])


def test_mappings_are_saved_and_loaded_by_name(tmp_path):
    mapping = FieldMapping.parse("content=review text", "rating=sterne", "best_rating:=10")
    path = mapping.save(tmp_path / "mappings", "shop-de")
    assert json.loads(path.read_text())["columns"] == {"content": "review text", "rating": "sterne"}
    assert FieldMapping.load(tmp_path / "mappings", "shop-de") == mapping
    with pytest.raises(InvalidInput, match="saved are: shop-de"):
        FieldMapping.load(tmp_path / "mappings", "shop")


@pytest.mark.parametrize("name", ["../shop", "", "Shop", "a/b", "a.b", "x" * 65])
def test_a_name_stays_within_its_directory(tmp_path, name):
    with pytest.raises(InvalidInput, match="is no name for a mapping"):
        FieldMapping.load(tmp_path, name)


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"columns": {"content": 3}, "constants": {}}', '{"columns": {"no_field": "a"}, "constants": {}}'],
)
def test_a_broken_saved_mapping_is_wrong_input(tmp_path, content):
    (tmp_path / "shop.json").write_text(content)
    with pytest.raises(InvalidInput):
        FieldMapping.load(tmp_path, "shop")


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
keys = st.text(max_size=8) | st.sampled_from(
    ["author", "rating", "metadata", "text", "id", "Author-Name", *TARGET_FIELDS]
)


@given(st.dictionaries(keys, scalars | st.dictionaries(keys, scalars, max_size=3), max_size=12))
def test_any_record_maps_to_known_fields_and_texts(record):
    review = FieldMapping().apply(record)
    assert set(review) <= {*TARGET_FIELDS, "metadata"}
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in review["metadata"].items())
    assert not any(
        isinstance(value, dict) for name, value in review.items() if name != "metadata" and name not in record
    )


def test_a_field_without_a_column_is_not_guessed():
    review = FieldMapping.parse("title=").apply({"title": "The Place", "text": "Fine."})
    assert review == {"content": "Fine.", "metadata": {"title": "The Place"}}


def test_two_columns_are_one_text_without_what_means_that_nothing_is_there():
    mapping = FieldMapping.parse("content=good+bad", empty=("Nothing to add",))
    assert mapping.apply({"good": "Kind staff", "bad": "Thin walls"})["content"] == "Kind staff\nThin walls"
    assert mapping.apply({"good": "Kind staff", "bad": " nothing to ADD "})["content"] == "Kind staff"
    assert mapping.apply({"good": "No Positive", "bad": None})["content"] == "No Positive"
    assert mapping.apply({"good+bad": "one column"})["content"] == "one column"
    assert "content" not in mapping.apply({"good": None})


def test_columns_for_praise_and_blame_are_guessed_as_one_text():
    review = FieldMapping().apply({"Negative_Review": "No Negative", "Positive_Review": "Kind staff"})
    assert review == {"content": "Kind staff", "metadata": {}}


def test_values_have_the_meaning_that_was_given():
    mapping = FieldMapping.parse("rating=liked", values=["rating:True=5,false=1"])
    assert [mapping.read({"liked": one}).review["rating"] for one in (True, "TRUE", "false", False)] == [5, 5, 1, 1]
    assert "rating" not in mapping.read({"liked": None}).review
    problem = mapping.read({"liked": "rated"}).problem
    assert problem is not None
    assert problem.text == "liked: 'rated' is none of the values given by --values: false, true"


@pytest.mark.parametrize("text", ["rating", "rating:", "rating:true", "rating:=5", "rating:true=5,", "stars:a=1"])
def test_wrong_values_name_what_is_wrong(text):
    with pytest.raises(InvalidInput, match=r"field:name=value|unknown target field"):
        FieldMapping.parse(values=[text])


@pytest.mark.parametrize("word", ["N/A", "nan", "NULL", "-", "None", "\N{EM DASH}", " "])
def test_words_for_nothing_are_nothing_where_no_word_can_be(word):
    record = {"rating": word, "language": word, "review_id": word, "url": word, "text": "nan", "title": "None"}
    assert FieldMapping().apply(record) == {
        "content": "nan",
        "title": "None",
        "metadata": {"url": word} if word.strip() else {},
    }


@pytest.mark.parametrize(
    ("author", "name", "rest"),
    [
        ({"@type": "Person", "name": "Ada"}, "Ada", '{"@type": "Person"}'),
        ("Ada", "Ada", None),
        ([{"@type": "Person", "name": "Ada"}], "Ada", '[{"@type": "Person"}]'),
        ([{"name": "Ada"}, {"name": "Bo"}], "Ada, Bo", None),
        (["Ada", "Bo"], "Ada, Bo", None),
        ({"url": "#7"}, None, '{"url": "#7"}'),
    ],
)
def test_nothing_of_an_author_is_lost(author, name, rest):
    review = FieldMapping().apply({"author": author, "reviewBody": "Fine.", "datePublished": "2026-01-01"})
    assert review.get("author_name") == name
    assert review["metadata"].get("author") == rest


def test_the_scale_of_schema_org_is_read():
    record = {"reviewRating": {"@type": "Rating", "ratingValue": "4,5", "bestRating": "5", "worstRating": 0}}
    assert FieldMapping().apply(record) == {
        "rating": 4.5,
        "best_rating": 5.0,
        "worst_rating": 0.0,
        "metadata": {"reviewRating": '{"@type": "Rating"}'},
    }


def test_what_metadata_cannot_hold_is_counted():
    record = {f"c{number}": "x" * (501 if number < 2 else 1) for number in range(40)}
    assert dict(FieldMapping().read(record).notes) == {BELOW_CAP: 8, CUT: 2}


def test_a_value_that_cannot_be_read_names_its_column():
    problem = FieldMapping().read({"Star Rating": "good", "text": "Fine."}).problem
    assert problem == Problem(
        "rating",
        "no_number",
        "Star Rating: a text of 4 characters is no number; send a number, or name values with --values",
    )


@pytest.mark.parametrize("given", ["1.23457E+17", "1,23457E+17", 1.23457e17])
def test_an_id_that_a_spreadsheet_shortened_is_refused(given):
    problem = FieldMapping().read({"review_id": given, "text": "Fine."}).problem
    assert problem is not None
    assert problem.text.startswith("review_id: is a number that a spreadsheet shortened")


def test_ids_are_texts():
    given = [7, 7.0, "007", 10**30, "1E5"]
    assert [FieldMapping().apply({"review_id": one})["external_id"] for one in given] == [
        "7",
        "7",
        "007",
        "1" + "0" * 30,
        "1E5",
    ]


def test_dates_are_read_in_the_form_and_zone_that_was_given():
    mapping = FieldMapping.parse(date_format="%d/%m/%Y %H:%M", timezone="Europe/Berlin")
    assert mapping.apply({"date": "03/04/2015 10:00"})["published_at"] == "2015-04-03T10:00:00+02:00"
    with pytest.raises(InvalidInput, match="write one like Europe/Berlin"):
        FieldMapping.parse(timezone="Mars/Base")


def test_what_is_said_now_wins_over_a_saved_mapping(tmp_path):
    saved = FieldMapping.parse(
        "content=a", "rating:=3", values=["language:x=de"], date_format="%d.%m.%y", timezone="Europe/Rome"
    )
    saved.save(tmp_path, "shop")
    both = FieldMapping.parse("rating=b", "title=c", empty=("-none-",)).over(FieldMapping.load(tmp_path, "shop"))
    assert (both.columns, both.constants) == ({"content": "a", "rating": "b", "title": "c"}, {})
    assert (both.values, both.date_format, both.timezone) == ({"language": {"x": "de"}}, "%d.%m.%y", "Europe/Rome")
    assert set(both.empty) == {*FILLERS, "-none-"}


def test_other_values_are_what_a_star_says():
    kept = FieldMapping.parse("language=lang", values=["language:brazilian=pt-BR,*=*"])
    assert [kept.apply({"lang": name})["language"] for name in ("Brazilian", "Suomi")] == ["pt-BR", "Suomi"]
    one = FieldMapping.parse("rating=liked", values=["rating:yes=5,*=1"])
    assert [one.apply({"liked": name})["rating"] for name in ("yes", "no", True)] == [5.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("https://shop.example/a?x=1&reviewId=a%3A7#top", "a:7"),
        ("https://shop.example/a#Place:p=b&reviewid=7", "7"),
        ("accounts/1/reviewId/7", "7"),
        ("reviewId=7", "7"),
        ("https://shop.example/a?myreviewId=7", None),
        ("https://shop.example/a?reviewId=", None),
        (7, None),
    ],
)
def test_a_part_of_an_address_is_named_behind_a_question_mark(address, part):
    mapping = FieldMapping.parse("external_id=link?reviewId", "url=")
    record = {"link": address}
    mapping.check(record)
    assert mapping.apply(record).get("external_id") == part
    assert mapping.apply({"there": record}) == {"metadata": {"there": json.dumps(record)}}
    assert FieldMapping.parse("external_id=there.link?reviewId").apply({"there": record}).get("external_id") == part
    with pytest.raises(InvalidInput, match="the column 'link\\?reviewId', which does not exist"):
        mapping.check(["text"])


def test_a_column_whose_name_has_a_question_mark_is_that_column():
    mapping = FieldMapping.parse("content=Why?", "title=Would you? Say+Why?")
    record = {"Why?": "Quiet.", "Would you? Say": "Yes"}
    mapping.check(record)
    assert mapping.apply(record) == {"title": "Yes\nQuiet.", "content": "Quiet.", "metadata": {}}
    assert mapping.apply({"Why": "=a/b"}) == {"metadata": {"Why": "=a/b"}}
    with pytest.raises(InvalidInput, match="the column"):
        mapping.check(["", "text"])
