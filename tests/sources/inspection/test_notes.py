"""What is no reason to refuse a file is said before it is sent."""

from __future__ import annotations

from pathlib import Path

from sources.inspection.spans import Ids
from tests.sources.inspection.looking import csv, look


def noted(path: Path, text: str, *pairs: str) -> str:
    return "\n".join(look(path, text, *pairs).notes)


def test_ids_that_count_rows(tmp_path: Path) -> None:
    text = csv("id,text,stars,date", [f"{n},fine {n},4,2026-10-01" for n in range(1, 40)])
    assert "counts the rows" in noted(tmp_path / "a.csv", text)
    assert "counts the rows" not in noted(tmp_path / "a.csv", text, "external_id=")
    other = csv("id,text,stars,date", [f"{n * 7},fine {n},4,2026-10-01" for n in range(1, 40)])
    assert "counts the rows" not in noted(tmp_path / "a.csv", other)


def test_rows_without_ids_that_say_the_same(tmp_path: Path) -> None:
    text = csv("text,stars,date", ["Good,5,2026-10-01"] * 3 + ["Nice,5,2026-10-01", "Good,5,2026-10-02"])
    assert "2 of 5 rows say the same as an earlier row" in noted(tmp_path / "a.csv", text)
    assert "say the same as an earlier" not in noted(
        tmp_path / "a.csv",
        text.replace("Good,5,2026-10-01", "Good,4,2026-10-03", 1).replace("Good,5,2026-10-01", "Good,5,2026-10-04", 1),
    )


def test_edits_within_the_file(tmp_path: Path) -> None:
    text = csv(
        "review_id,text,stars,author,date", [f"r-{n // 2},words {n},4,guest {n // 2},2026-10-01" for n in range(10)]
    )
    assert "5 rows repeat the review_id of an earlier row" in noted(tmp_path / "a.csv", text)


def test_rows_that_would_be_refused_by_kind_with_the_first_of_each(tmp_path: Path) -> None:
    rows = [
        f"r-{n},fine {n},{'many stars' if n in (3, 7) else 4},{'soon' if n == 5 else '2026-10-01'}" for n in range(30)
    ]
    said = noted(tmp_path / "a.csv", csv("id,text,Star Rating,date", rows))
    assert (
        "2 of 30 rows would be refused, first in line 5: Star Rating: a text of 10 characters is no number; send a number"
        in said
    )
    assert "1 of 30 rows would be refused, first in line 7: date: " in said


def test_no_words(tmp_path: Path) -> None:
    text = csv("id,stars,date", [f"r-{n},4,2026-10-01" for n in range(5)])
    assert "the reviews have no words" in noted(tmp_path / "a.csv", text)
    assert "no words" not in noted(tmp_path / "a.csv", text, "content=")


def test_how_many_ids_there_are_is_shown(tmp_path: Path) -> None:
    rows = [f"r-{n // 2},fine {n},4,guest {n // 2},2026-10-01" for n in range(30)]
    found = look(tmp_path / "a.csv", csv("review_id,text,stars,author,date", rows))
    assert found.ids == Ids(reviews=30, different=15, derived=False)
    derived = look(tmp_path / "a.csv", csv("review_id,text,stars,author,date", rows), "external_id=")
    assert derived.ids == Ids(reviews=30, different=30, derived=True)
    assert look(tmp_path / "a.csv", "id,text\n").ids is None


def test_dates_of_the_beginning_of_time(tmp_path: Path) -> None:
    rows = [f"r-{n},fine {n},4,{'1970-01-01' if n < 3 else '2026-10-01'}" for n in range(30)]
    assert "3 rows are of 1970-01-01" in noted(tmp_path / "a.csv", csv("id,text,stars,date", rows))
