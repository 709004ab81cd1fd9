"""Excel workbooks and Parquet files, written by the libraries that everyone uses."""

from __future__ import annotations

import json
import sys
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.errors import InvalidInput
from sources.files import workbooks
from sources.files.mapping import FieldMapping
from sources.files.row_reader import Layout, RowReader

HEADER = ["review_id", "date", "rating", "text"]
ROWS = [
    ["x-1", date(2026, 1, 2), 4, "Fine"],
    ["x-2", datetime(2026, 1, 2, 3, 4), 4.5, "#N/A"],  # noqa: DTZ001 -- workbooks know no zones
    [123456789012345678, "2026-01-03", None, "Slow"],
]
READ = [
    {"review_id": "x-1", "date": date(2026, 1, 2), "rating": 4, "text": "Fine"},
    {"review_id": "x-2", "date": datetime(2026, 1, 2, 3, 4), "rating": 4.5, "text": None},  # noqa: DTZ001
]


def book(path: Path, **sheets: list[list[object]]) -> str:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return str(path)


def test_a_workbook_is_read_under_any_name_and_by_its_row_numbers(tmp_path: Path) -> None:
    path = book(tmp_path / "reviews.csv", one=[HEADER, ROWS[0], [], ROWS[1], [None, None, " "]])
    rows = list(RowReader(path))
    assert [(row.line, row.record) for row in rows] == [(2, READ[0]), (4, READ[1])]
    assert list(RowReader(path, start_line=3)) == rows[1:]
    assert json.loads(rows[0].kept())["review_id"] == "x-1"


def test_cells_become_fields(tmp_path: Path) -> None:
    rows = RowReader(book(tmp_path / "a.xlsx", one=[HEADER, *ROWS]))
    first, second, third = (FieldMapping(timezone="Europe/Rome").read(row.record or {}) for row in rows)
    assert first.review == {
        "external_id": "x-1",
        "published_at": "2026-01-02",
        "rating": 4.0,
        "content": "Fine",
        "metadata": {},
    }
    assert second.review["published_at"] == "2026-01-02T03:04:00+01:00"
    assert "content" not in second.review
    assert third.problem is not None  # Excel kept fifteen of eighteen digits
    assert third.problem.text.startswith("review_id: is a number that a spreadsheet shortened")


def test_titles_above_the_header_are_skipped(tmp_path: Path) -> None:
    rows = RowReader(book(tmp_path / "a.xlsx", one=[["Our reviews"], [], HEADER, ROWS[0]]))
    assert [(row.line, row.record) for row in rows] == [(4, READ[0])]
    assert rows.notes.lines() == ["2 lines above the header skipped"]


def test_a_sheet_is_named_or_the_first(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", old=[HEADER, ROWS[0]], new=[HEADER, ROWS[1]])
    first, named = RowReader(path), RowReader(path, layout=Layout(sheet="new"))
    assert ([row.record for row in first], [row.record for row in named]) == (READ[:1], READ[1:])
    assert first.notes.lines() == ["of 2 sheets the first is read, 'old'; --sheet names another"]
    assert named.notes.lines() == []
    with pytest.raises(InvalidInput, match="there is no sheet 'none'; there are old, new"):
        list(RowReader(path, layout=Layout(sheet="none")))


def test_a_cell_without_a_column_and_a_name_twice_are_told(tmp_path: Path) -> None:
    [bad] = RowReader(book(tmp_path / "a.xlsx", one=[["id", "text"], ["1", "a", None, "more"]]))
    assert bad.problem == "row 2 has a cell in a column without a name; name it in the header"
    [twice] = RowReader(book(tmp_path / "b.xlsx", one=[["id", "id"], ["1", "a"]]))
    assert "names the column 'id' twice" in str(twice.problem)


def test_an_empty_sheet_has_no_rows(tmp_path: Path) -> None:
    assert list(RowReader(book(tmp_path / "a.xlsx", one=[]))) == []


def test_a_workbook_with_more_texts_than_memory_is_to_have_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "_MOST_TEXT_BYTES", 10)
    path = book(tmp_path / "a.xlsx", one=[HEADER, ROWS[0]])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", "<sst>and many texts</sst>")
    with pytest.raises(InvalidInput, match="save the sheet as CSV"):
        list(RowReader(path))


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    path = Path(book(tmp_path / "a.xlsx", one=[HEADER, *ROWS]))
    path.write_bytes(path.read_bytes().replace(b"xl/workbook.xml", b"xl/workbook.xmm", 1))
    with pytest.raises(InvalidInput):
        list(RowReader(str(path)))


@pytest.fixture
def parquet(tmp_path: Path) -> str:
    times = pa.array([1_000, 2_000_000_001], pa.timestamp("ns", tz="UTC"))
    columns = {"id": ["p-1", "p-2"], "rating": [4.0, float("nan")], "at": times, "author": [{"name": "A"}, None]}
    pq.write_table(pa.table(columns), tmp_path / "reviews")
    return str(tmp_path / "reviews")


def test_parquet_is_read_by_its_first_bytes(parquet: str) -> None:
    rows = list(RowReader(parquet))
    assert [row.line for row in rows] == [1, 2]
    assert rows[0].record == {
        "id": "p-1",
        "rating": 4.0,
        "at": datetime(1970, 1, 1, 0, 0, 0, 1, UTC),
        "author": {"name": "A"},
    }
    assert rows[1].record == {"id": "p-2", "rating": None, "at": datetime(1970, 1, 1, 0, 0, 2, 0, UTC), "author": None}
    assert list(RowReader(parquet, start_line=2)) == rows[1:]
    assert FieldMapping().read(rows[0].record or {}).review["published_at"] == "1970-01-01T00:00:00.000001+00:00"


def test_without_pyarrow_the_extra_is_named(parquet: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InvalidInput, match=r"pip install 'reviewstream\[parquet\]'"):
        list(RowReader(parquet))


def test_a_parquet_file_that_was_cut_off_is_refused(parquet: str) -> None:
    path = Path(parquet)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InvalidInput, match="cannot be read"):
        list(RowReader(parquet))
