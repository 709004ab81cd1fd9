"""Four kinds of export, a hundred rows each: with at most one hint every row is accepted, or none is sent."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from sources.files.mapping import FieldMapping
from sources.files.row_reader import RowReader
from sources.inspection.dry_run import dry_run
from sources.inspection.inspection import inspect
from sources.inspection.trial import Trial
from sources.publishing.envelope import Envelope
from tests.sources.inspection.looking import NOW, csv, refused

ROWS = 100
WORDS = (
    "warm",
    "boat",
    "cold",
    "crew",
    "view",
    "late",
    "food",
    "calm",
    "long",
    "trip",
    "kind",
    "guide",
    "wet",
    "and",
    "but",
)


def words(chance: random.Random, most: int = 14) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(5, most))).capitalize() + "."


def shop(chance: random.Random) -> str:
    """The text column is called comments, the id is of the row."""
    rows = [
        f'c{n},Guest {n % 40},"{words(chance)}",{chance.randint(1, 5)},2026-0{1 + n % 9}-1{n % 10}' for n in range(ROWS)
    ]
    return csv("comment_id,customer,comments,stars,created", rows)


def store_console(chance: random.Random) -> str:
    """The text is called reviewDescription; its date has a name of its own."""
    rows = [f'{n},"{words(chance)}",{chance.randint(1, 5)},"Mar {1 + n % 28}, 2026",4.{n % 9}' for n in range(ROWS)]
    return csv("reviewId,reviewDescription,score,reviewCreatedDate,appVersion", rows)


def airline(chance: random.Random) -> str:
    """Ratings of 1 to 10, and no column that says so."""
    rows = [
        f'Some Air,"{words(chance, 40)}",2015-0{1 + n % 9}-2{n % 9},{chance.randint(1, 10)},yes' for n in range(ROWS)
    ]
    return csv("airline_name,content,date,overall_rating,recommended", rows)


def scraper(chance: random.Random) -> str:
    """Its rating is called star, and somebody maps stars."""
    rows = [f'x-{n},"{words(chance)}",{chance.randint(1, 5)},2026-05-{10 + n % 20}' for n in range(ROWS)]
    return csv("id,review_body,star,date", rows)


# The file; the refusal without a hint, or none; the hint that mends it.
KINDS: dict[str, tuple[Callable[[random.Random], str], str | None, tuple[str, ...]]] = {
    "a shop": (shop, None, ()),
    "a store console": (store_console, None, ()),
    "an airline's data set": (airline, "--map best_rating:=10", ("best_rating:=10",)),
    "a scraper": (scraper, "--map rating=star", ("rating=star",)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_goes_in_with_at_most_one_hint_or_none_is_sent(tmp_path: Path, kind: str) -> None:
    make, against, hint = KINDS[kind]
    path = tmp_path / "export.csv"
    path.write_text(make(random.Random(4)))
    bare = inspect(RowReader(str(path)), FieldMapping(), "s", NOW)
    assert [against in text for _, text in refused(bare)] == ([True] if against else []), refused(bare)
    found = inspect(RowReader(str(path)), FieldMapping.parse(*hint), "s", NOW)
    assert refused(found) == []
    assert {"content", "rating", "published_at"} <= found.columns.keys()
    tried = dry_run(RowReader(str(path)), Trial(Envelope("t", "s", "", found.mapping), lambda: NOW))
    assert (tried.valid, tried.rejected) == (ROWS, 0)
    assert found.ratings is not None
    assert found.ratings.share == 1.0


def test_a_hint_with_a_typing_error_sends_nothing(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(scraper(random.Random(4)))
    ((field, said),) = refused(inspect(RowReader(str(path)), FieldMapping.parse("rating=stars"), "s", NOW))
    assert (field, said) == (
        "rating",
        "rating is mapped to the column 'stars', which does not exist; there are id, review_body, star, date",
    )
