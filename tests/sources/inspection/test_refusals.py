"""What would be rejected or misread in bulk is refused before a row is sent, with the option that mends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.files.mapping import FieldMapping
from sources.files.row_reader import Layout, RowReader
from sources.inspection.inspection import inspect
from tests.sources.inspection.looking import NOW, csv, lines, look, refused

WORDS = [
    "warm",
    "boat",
    "cold",
    "crew",
    "nice",
    "view",
    "late",
    "food",
    "calm",
    "harbour",
    "long",
    "trip",
    "kind",
    "guide",
    "wet",
    "deck",
]


def prose(number: int) -> str:
    return " ".join(WORDS[(number * step) % len(WORDS)] for step in (1, 3, 5, 7, 11)) + f" {number}"


def table(columns: str, count: int, row: str) -> str:
    """Rows made by a format of their number and a text."""
    return csv(columns, [row.format(number=n, text=prose(n), day=1 + n % 28, month=1 + n % 12) for n in range(count)])


FIT = table("review_id,stars,remark,when", 60, "r-{number},4,{text},2026-10-{day:02}")
BY_HINTS = ("content=remark", "published_at=when")

# What is wrong: the file, options that were given; the field and words of the refusal, and options that mend it.
CASES: dict[str, tuple[str, tuple[str, ...], str, str, tuple[str, ...]]] = {
    "no column is called like a text": (
        table("review_id,stars,whatTheySay,date", 60, "r-{number},4,{text},2026-10-{day:02}"),
        (), "content", "--map content=whatTheySay", ("content=whatTheySay",),
    ),
    "there are no words, and a description of the product": (
        table("review_id,stars,blurb,date", 60, "r-{number},4,{text},2026-10-{day:02}"),
        (), "content", "--map content= that the reviews have no words", ("content=",),
    ),
    "neither text nor rating": (
        table("review_id,flavour,date", 60, "r-{number},sweet,2026-10-{day:02}"),
        (), "content", "nor for its rating", ("rating:=4",),
    ),
    "no column is called like a date": (
        table("review_id,stars,text,wann", 60, "r-{number},4,{text},2026-10-{day:02}"),
        (), "published_at", "--map published_at=wann", ("published_at=wann",),
    ),
    "no date at all": (
        table("review_id,stars,text", 60, "r-{number},4,{text}"),
        (), "published_at", "--map published_at:=", ("published_at:=2026-10-01",),
    ),
    "a mapped column that is not there": (
        FIT, (*BY_HINTS, "rating=star"), "rating", "'star', which does not exist; there are review_id, stars", BY_HINTS,
    ),
    "one of two mapped columns is not there": (
        FIT, ("content=remark+more", "published_at=when"), "content", "'more', which does not exist", BY_HINTS,
    ),
    "ratings of 0 to 10": (
        table("id,text,score,date", 60, "r-{number},{text},{day},2026-10-{day:02}").replace(",28,", ",10,"),
        (), "best_rating", "--map best_rating:=10", ("best_rating:=28", "worst_rating:=0"),
    ),
    "few ratings beyond 5, on a scale of their own": (
        table("id,text,score,date", 95, "r-{number},{text},5,2026-10-{day:02}")
        + "a,x y,7,2026-01-01\nb,x y z,8,2026-01-01\nc,z y,9,2026-01-02\n",
        (), "best_rating", "3 of 98 lie beyond 1 to 5", ("best_rating:=10",),
    ),
    "ids of products": (
        table("review_id,text,stars,date,author", 60, "p-{day},{text},4,2026-10-{day:02},guest {number}"),
        (), "external_id", "share an id with rows of other authors", ("external_id=",),
    ),
    "ids of products, without authors": (
        table("review_id,text,stars,date", 60, "p-{day},{text},4,2026-{month:02}-{day:02}"),
        (), "external_id", "share an id with rows of other dates", ("external_id=",),
    ),
    "ids of products, by one author for all": (
        table("review_id,text,stars,date,author", 60, "p-{day},{text},4,2026-{month:02}-{day:02},A user"),
        (), "external_id", "share an id with rows of other dates", ("external_id=",),
    ),
    "ids that a spreadsheet shortened": (
        table("review_id,text,stars,date", 60, "1.23457E+17,{text},4,2026-10-{day:02}"),
        (), "external_id", "publish without it: --map external_id=", ("external_id=",),
    ),
    "more than a third of the rows has no valid value": (
        table("id,text,stars,date", 60, "r-{number},{text},4,2026-10-{day:02}")
        + table("id,text,stars,date", 60, "s-{number},{text},many,2026-10-{day:02}").partition("\n")[2],
        (), "rating", "60 of 120 rows would be refused, first in line 62: stars:", ("rating=",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_trouble_in_bulk_is_refused_with_what_mends_it(tmp_path: Path, case: str) -> None:
    text, given, field, words, mending = CASES[case]
    found = refused(look(tmp_path / "reviews.csv", text, *given))
    assert [(name, words in said) for name, said in found] == [(field, True)], found
    assert refused(look(tmp_path / "reviews.csv", text, *mending)) == []


def test_without_a_source_and_a_column_of_that_name_nothing_is_sent(tmp_path: Path) -> None:
    (only,) = refused(look(tmp_path / "reviews.csv", FIT, *BY_HINTS, source=None))
    assert only[0] == "source"
    assert "--source" in only[1]
    asked = inspect(RowReader(str(tmp_path / "reviews.csv")), FieldMapping.parse(*BY_HINTS), None, NOW, sending=False)
    assert (refused(asked), any("--source" in note for note in asked.notes)) == ([], True)
    own = lines(*({"source": "shop", "text": prose(n), "date": "2026-10-01"} for n in range(3)))
    assert refused(look(tmp_path / "own.jsonl", own, source=None)) == []


@pytest.mark.parametrize(
    ("others", "named"),
    [
        ("25/{month:02}/2026", "by the other dates it is --date-format %d/%m/%Y"),
        ("{month:02}/25/2026", "by the other dates it is --date-format %m/%d/%Y"),
        ("04/{month:02}/2026", "--date-format %d/%m/%Y or --date-format %m/%d/%Y"),
    ],
)
def test_dates_that_may_be_two_are_refused_as_a_whole(tmp_path: Path, others: str, named: str) -> None:
    first = table("id,text,stars,date", 30, "r-{number},{text},4,03/05/2026")
    rest = table("id,text,stars,date", 30, "s-{number},{text},4," + others).partition("\n")[2]
    (only,) = refused(look(tmp_path / "reviews.csv", first + rest))
    assert only[0] == "published_at"
    assert "dates may be in either of two months" in only[1]
    assert named in only[1]
    form = "%m/%d/%Y" if "%m/%d" in named.split(" or ", maxsplit=1)[0] else "%d/%m/%Y"
    assert refused(look(tmp_path / "reviews.csv", first + rest, date_format=form)) == []


def test_a_time_behind_the_date_is_named_too(tmp_path: Path) -> None:
    text = table("id,text,stars,date", 30, "r-{number},{text},4,03/05/2026 10:11")
    ((_, said),) = refused(look(tmp_path / "reviews.csv", text))
    assert "the time behind it" in said
    assert refused(look(tmp_path / "reviews.csv", text, date_format="%d/%m/%Y %H:%M")) == []


def test_bytes_of_another_encoding_are_refused_though_they_are_few(tmp_path: Path) -> None:
    rows = [f"r-{n},{'schöne Fahrt' if n % 20 == 0 else 'gute Fahrt'} {prose(n)},4,2026-10-01" for n in range(100)]
    text = csv("id,text,stars,date", rows).encode("windows-1252")
    ((field, said),) = refused(look(tmp_path / "reviews.csv", text))
    assert (field, "5 of 100 rows" in said, "--encoding windows-1252" in said) == ("row", True, True)
    assert refused(look(tmp_path / "reviews.csv", text, layout=Layout(encoding="windows-1252"))) == []


FINE = {
    "some wrong rows": table("id,text,stars,date", 60, "r-{number},{text},4,2026-10-{day:02}") + "a,b c,many,2026-10-01\nc,d e,3,soon\n",
    "one rating beyond": table("id,text,stars,date", 60, "r-{number},{text},4,2026-10-{day:02}") + "a,b c,9,2026-10-01\n",
    "a scale of its own": table("id,text,stars,max_rating,date", 60, "r-{number},{text},9,10,2026-10-{day:02}"),
    "stars alone": csv("id,stars,date", [f"r-{n},4,2026-10-01" for n in range(30)]),
    "texts alone": csv("id,text,date", [f"r-{n},{prose(n)},2026-10-01" for n in range(30)]),
    "edits of one author": csv("review_id,text,stars,author,date", [
        f"r-{n // 2},{prose(n)},4,guest {n // 2},2026-10-{1 + n % 2:02}" for n in range(40)
    ]),
    "one damaged byte": csv("id,text,stars,date", [f"r-{n},{prose(n)},4,2026-10-01" for n in range(60)]).encode().replace(b"calm", b"c\xffm", 1),
    "an empty file": "",
    "a header alone": "id,text,stars,date\n",
}  # fmt: skip


@pytest.mark.parametrize("case", FINE)
def test_what_is_right_or_wrong_in_a_few_rows_is_sent(tmp_path: Path, case: str) -> None:
    assert refused(look(tmp_path / "reviews.csv", FINE[case], layout=Layout() if FINE[case] else None)) == []
