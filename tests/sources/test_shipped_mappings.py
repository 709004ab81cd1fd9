"""Each mapping that is shipped reads what its export writes; the page about them says what they do."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from aggregates.review.draft import Draft
from aggregates.review.validation import validate
from cli.publish_options import file_options, layout_given, mapping_given
from schemas.errors import InvalidInput, InvalidReview
from schemas.parts import Author
from sources.files import mapping_files
from sources.files.mapping import TARGET_FIELDS, FieldMapping, Mapped
from sources.files.mapping_report import columns_of, said_of
from sources.files.row_reader import Layout, RowReader
from sources.inspection.inspection import inspect
from tests.sources.lookalikes import (
    EXPORTS,
    REVIEWS,
    Told,
    airbnb,
    amazon_2023,
    apify_google_maps,
    app_store_rss,
    feed,
    google_takeout,
    lines,
    play_console,
    steam,
    table,
)

NOW = datetime(2026, 12, 1, tzinfo=UTC)
NOWHERE = Path("/nonexistent")
PAGE = (Path(__file__).parents[2] / "docs" / "exports.md").read_text()
SECTIONS = {
    name: section
    for section in re.split(r"^## ", PAGE, flags=re.MULTILINE)
    for name in re.findall(r"\A[^\n]*: `([a-z0-9-]+)`\n", section)
}


def mapping(name: str) -> FieldMapping:
    return FieldMapping.load(NOWHERE, name)


def read(
    path: Path, content: bytes, name: str, *, sent: bool = True, **layout: str
) -> tuple[FieldMapping, list[Mapped]]:
    """As publishing reads a file: its layout by the mapping, a look at it, which must find nothing against sending, then every row."""
    path.write_bytes(content)
    fields = mapping(name)
    reader = RowReader(str(path), layout=Layout(**{**fields.layout, **layout}))
    found = inspect(reader, fields, "x", NOW)
    assert not sent or [finding.text for finding in found.refusals] == []
    fields = found.mapping
    return fields, [fields.read(row.record) for row in reader if row.record is not None]


def draft(row: Mapped) -> Draft:
    assert row.problem is None
    return validate({"source": "x", **row.review}, NOW)


def told(found: Draft) -> Told:
    author = found.author or Author()
    return Told(
        None if found.external_id.startswith("derived-") else found.external_id,
        found.content,
        found.rating,
        found.published_at,
        found.title,
        (author.name, author.id),
        found.language_hint,
        found.url,
    )


def test_there_is_a_look_alike_of_each() -> None:
    assert sorted(EXPORTS) == mapping_files.shipped()


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_read_by_its_mapping(tmp_path: Path, name: str) -> None:
    file, make, write = EXPORTS[name]
    made = [make(number) for number in range(REVIEWS)]
    fields, rows = read(tmp_path / file, write([row for row, _ in made]), name)
    found = [draft(row) for row in rows]
    assert [told(one) for one in found] == [expected for _, expected in made]
    assert len({one.external_id for one in found}) == REVIEWS
    assert {one.platform for one in found} == {"Google" if name.startswith("apify") else fields.constants["platform"]}
    assert {(one.rating_worst, one.rating_best) for one in found} == {(1.0, 5.0)}


def one(tmp_path: Path, name: str, *rows: dict[str, object]) -> Mapped:
    """What becomes of the last of these rows, in the export's own layout."""
    file, _, write = EXPORTS[name]
    return read(tmp_path / file, write(list(rows)), name, sent=False)[1][-1]


def refused(row: Mapped) -> str:
    """Why a row is refused in validation."""
    assert row.problem is None
    with pytest.raises(InvalidReview) as error:
        validate({"source": "x", **row.review}, NOW)
    return str(error.value)


def test_replies_and_what_else_there_is_become_metadata(tmp_path: Path) -> None:
    review = one(tmp_path, "play-console", play_console(5)[0]).review
    assert review["metadata"]["Developer Reply Text"] == "Thank you, we mend it."
    assert review["metadata"]["Package Name"] == "org.example.tides"
    metadata = one(tmp_path, "apify-google-maps", apify_google_maps(3)[0]).review["metadata"]
    assert (metadata["title"], metadata["textTranslated"]) == ("Harbour Hotel", "In English 3")
    assert one(tmp_path, "airbnb", airbnb(1)[0]).review["metadata"] == {"listing_id": "38586"}


def test_a_review_of_the_play_console_keeps_its_id_in_both_kinds_of_links(tmp_path: Path) -> None:
    row, _ = play_console(2)
    old = {
        **row,
        "Review Link": "https://play.google.com/apps/publish?account=1#ReviewDetailsPlace:p=a.b&reviewid=gp:Ab2-_x",
    }
    ids = {one(tmp_path, "play-console", each).review["external_id"] for each in (row, old)}
    assert ids == {"gp:Ab2-_x"}


def test_a_play_console_file_of_fewer_columns_is_read_and_tells_what_it_lacks(tmp_path: Path) -> None:
    made = [play_console(number)[0] for number in range(9)]
    left_out = {"Reviewer Language", "Review Title", "Review Link"}
    rows = [{name: value for name, value in row.items() if name not in left_out} for row in made]
    fields, found = read(tmp_path / "reviews.csv", table(rows).encode("utf-16"), "play-console")
    assert len({draft(row).external_id for row in found}) == len(rows)
    said = " ".join(said_of(fields, fields.guesses([dict.fromkeys(rows[0], "x")]), rows[0]))
    assert all(f"column {name!r} is in none" in said for name in ("Reviewer Language", "Review Title", "Review Link"))
    assert columns_of(fields, fields.guesses(rows), rows[0]).keys() == {"content", "rating", "published_at"}


def test_a_file_of_another_kind_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(table([{"id": "1", "text": "a"}]).encode())
    found = inspect(RowReader(str(tmp_path / "a.csv")), mapping("play-console"), "x", NOW)
    assert "mapped to the column 'Review Text', which does not exist" in found.refusals[0].text
    with pytest.raises(InvalidInput, match="there is no object at reviews"):
        read(tmp_path / "a.json", b'{"items": [{"id": 1}]}', "steam")


def test_the_app_itself_in_an_older_feed_is_refused_as_no_review(tmp_path: Path) -> None:
    app = {"id": {"label": "https://apps.example/id382"}, "im:name": {"label": "Tides"}, "title": {"label": "Tides"}}
    review, _ = app_store_rss(1)
    _, rows = read(tmp_path / "a.json", feed([app, review]), "app-store-rss")
    assert refused(rows[0]).startswith("published_at")
    assert draft(rows[1]).external_id == "9000001"


def test_a_feed_of_one_review_has_no_list(tmp_path: Path) -> None:
    review, expected = app_store_rss(4)
    _, rows = read(tmp_path / "a.json", feed(review), "app-store-rss")
    assert [told(draft(row)) for row in rows] == [expected]


def test_a_draft_on_google_maps_is_no_review(tmp_path: Path) -> None:
    row, _ = google_takeout(1)
    unpublished = {"date": "2026-03-01T10:00:00Z", "five_star_rating_draft": 4, "review_text_draft": "Not yet."}
    assert "content: is empty and there is no rating" in refused(
        one(tmp_path, "google-takeout", {**row, "properties": unpublished})
    )


def test_stars_of_google_maps_may_be_words(tmp_path: Path) -> None:
    row, _ = google_takeout(2)
    assert isinstance(row["properties"], dict)
    row["properties"]["five_star_rating_published"] = "FIVE"
    assert draft(one(tmp_path, "google-takeout", row)).rating == 5


def test_a_business_profile_by_its_api_has_the_same_id_as_by_takeout(tmp_path: Path) -> None:
    row = {"reviewId": "AbC", "name": "accounts/7/locations/2/reviews/AbC", "reviewer": {"displayName": "Guest"}}
    row |= {"starRating": "FOUR", "createTime": "2026-03-01T10:00:00Z"}
    assert draft(one(tmp_path, "google-business-profile", row)).external_id == "AbC"


def test_an_impossible_time_of_amazon_is_told(tmp_path: Path) -> None:
    problem = one(tmp_path, "amazon-2023", amazon_2023(0)[0], {**amazon_2023(1)[0], "timestamp": -1000}).problem
    assert problem is not None
    assert (problem.field, problem.reason) == ("published_at", "out_of_range")
    assert problem.text.startswith("timestamp: ")


def test_reviews_of_steam_need_no_answer_around_them(tmp_path: Path) -> None:
    made = [steam(number) for number in range(30)]
    rows = [row for row, _ in made]
    for content in (lines(rows), json.dumps(rows).encode()):
        _, found = read(tmp_path / "a.json", content, "steam", records="")
        assert [told(draft(row)) for row in found] == [expected for _, expected in made]


def test_an_answer_of_steam_without_reviews_has_no_rows(tmp_path: Path) -> None:
    empty = b'{"success": 1, "query_summary": {"num_reviews": 0}, "reviews": [], "cursor": "A"}'
    assert read(tmp_path / "a.json", empty, "steam")[1] == []


def test_a_comment_of_airbnb_that_is_empty_has_nothing_to_tell(tmp_path: Path) -> None:
    assert "content: is empty" in refused(one(tmp_path, "airbnb", {**airbnb(1)[0], "comments": ""}))


def test_reviews_of_apify_are_read_from_its_table_too(tmp_path: Path) -> None:
    made = [apify_google_maps(number) for number in range(40)]
    rows = [{"location/lat": "38.7", **row} for row, _ in made]
    _, found = read(tmp_path / "dataset.csv", table(rows).encode("utf-8-sig"), "apify-google-maps")
    assert [told(draft(row)) for row in found] == [expected for _, expected in made]


def given(directory: Path, *options: str) -> tuple[FieldMapping, Layout]:
    """What the command line makes of these options, with mappings saved in a directory."""

    @click.command()
    @file_options
    def command(**_: object) -> None:
        fields = mapping_given(directory)
        found.append((fields, layout_given(fields)))

    found: list[tuple[FieldMapping, Layout]] = []
    CliRunner().invoke(command, options, catch_exceptions=False, standalone_mode=False)
    return found[0]


def test_a_shipped_mapping_is_found_by_name_and_a_saved_one_of_that_name_wins(tmp_path: Path) -> None:
    fields, layout = given(tmp_path, "--mapping", "steam")
    assert (fields.columns["content"], layout.records) == ("review", "reviews")
    FieldMapping.parse("content=words").save(tmp_path, "steam")
    fields, layout = given(tmp_path, "--mapping", "steam")
    assert (fields.columns, layout.records) == ({"content": "words"}, None)


def test_an_unknown_name_is_told_both_kinds(tmp_path: Path) -> None:
    FieldMapping.parse("content=words").save(tmp_path, "mine")
    with pytest.raises(InvalidInput, match=r"no mapping named 'steem'; saved are: mine; shipped are: airbnb, .*, yelp"):
        given(tmp_path, "--mapping", "steem")


def test_options_win_over_a_shipped_mapping_and_both_can_be_saved(tmp_path: Path) -> None:
    options = ("--mapping", "play-console", "--map", "title=Device", "--map", "url=", "--delimiter", "tab")
    fields, layout = given(tmp_path, *options)
    fields.save(tmp_path, "mine")
    assert (fields.columns["title"], fields.columns["url"], layout.delimiter) == ("Device", "", "\t")
    assert set(fields.optional) == {"external_id", "language"}
    assert given(tmp_path, "--mapping", "mine") == (fields, layout)


def test_a_column_that_was_named_on_the_command_line_must_be_there(tmp_path: Path) -> None:
    fields, _ = given(tmp_path, "--mapping", "play-console", "--map", "title=Titel")
    with pytest.raises(InvalidInput, match="title is mapped to the column 'Titel'"):
        fields.check(play_console(1)[0])


@pytest.mark.parametrize("layout", [{"records": 3}, {"lines": "a"}, ["records"]])
def test_a_saved_mapping_with_another_layout_is_broken(tmp_path: Path, layout: object) -> None:
    (tmp_path / "mine.json").write_text(json.dumps({"columns": {}, "constants": {}, "layout": layout}))
    with pytest.raises(InvalidInput, match=r"mine\.json is not a saved mapping"):
        FieldMapping.load(tmp_path, "mine")


@pytest.mark.parametrize("name", mapping_files.shipped())
def test_a_shipped_mapping_leaves_no_field_to_guesses_and_the_page_tells_what_it_does(name: str) -> None:
    fields, section = mapping(name), SECTIONS[name]
    assert fields.columns.keys() | fields.constants.keys() == set(TARGET_FIELDS)
    assert set(fields.optional) <= {to for to, column in fields.columns.items() if column}
    assert f"--mapping {name}" in section
    rows = dict(re.findall(r"^\| `(\w+)` \| `([^`]+)`", section, re.MULTILINE))
    columns = {to: column for to, column in fields.columns.items() if column}
    assert rows == {**columns, **{to: f"{to}:={value}" for to, value in fields.constants.items()}}
    assert "Checked against" in section
    content = json.loads((Path(mapping_files.__file__).parent / "shipped" / f"{name}.json").read_bytes())
    assert content["about"].endswith(".")
