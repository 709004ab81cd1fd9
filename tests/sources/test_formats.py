"""Formats are recognised by their content: encodings, delimiters, escapes, titles above the header, archives."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import InvalidInput
from sources.files.row_reader import Layout, Row, RowReader

ROOT = Path(__file__).parents[2]
RECORDS = [
    {"id": "t-1", "text": "Süß, warm; klein", "rating": "4"},
    {"id": "t-2", "text": "Kalt|teuer\tlaut", "rating": "1"},
]


def reader(tmp_path: Path, data: bytes, name: str = "reviews", **layout: object) -> RowReader:
    (tmp_path / name).write_bytes(data)
    return RowReader(str(tmp_path / name), layout=Layout(**layout))  # type: ignore[arg-type]


def records(rows: RowReader) -> list[dict[str, object] | None]:
    return [row.record for row in rows]


def table(delimiter: str = ",", end: str = "\n") -> str:
    rows = [delimiter.join(RECORDS[0]), *(delimiter.join(f'"{cell}"' for cell in one.values()) for one in RECORDS)]
    return end.join(rows) + end


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_encodings_with_a_mark_are_read_as_they_are(tmp_path: Path, encoding: str) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    rows = list(reader(tmp_path, mark + table(end="\r\n").encode(encoding)))
    assert [row.record for row in rows] == RECORDS
    assert [row.line for row in rows] == [2, 3]
    assert rows[0].raw.decode() == '"t-1","Süß, warm; klein","4"'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_lines_that_end_with_a_carriage_return_are_lines(tmp_path: Path, encoding: str) -> None:
    rows = list(reader(tmp_path, table(";", end="\r").encode(encoding), "reviews.csv"))
    assert [(row.line, row.record) for row in rows] == [(2, RECORDS[0]), (3, RECORDS[1])]


@pytest.mark.parametrize("encoding", ["windows-1252", "cp932", "latin-1"])
def test_an_encoding_without_a_mark_is_named(tmp_path: Path, encoding: str) -> None:
    text = "\u3059" if encoding == "cp932" else "S\u00fc\u00df"
    rows = reader(tmp_path, f"id,text\n1,{text}\n".encode(encoding), "a.csv", encoding=encoding)
    assert records(rows) == [{"id": "1", "text": text}]


def test_a_byte_that_an_encoding_does_not_have_costs_its_row(tmp_path: Path) -> None:
    rows = list(reader(tmp_path, b"id,text\n1,\x81\n2,\xe9\n", "a.csv", encoding="windows-1252"))
    assert [row.record for row in rows] == [None, {"id": "2", "text": "\u00e9"}]


@pytest.mark.parametrize("name", ["no-such", "base64", ""])
def test_an_encoding_that_there_is_not_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="write one like windows-1252"):
        Layout(encoding=name)


def test_without_it_the_row_says_which_option_there_is(tmp_path: Path) -> None:
    [bad] = reader(tmp_path, b"id,text\n1,\xe9\n", "a.csv")
    assert "--encoding windows-1252" in str(bad.problem)


def test_half_a_character_costs_its_row_only(tmp_path: Path) -> None:
    rows = list(reader(tmp_path, b"\xff\xfe" + "id,text\n1,a\n2,b".encode("utf-16-le") + b"\x00\xd8"))
    assert [row.record for row in rows] == [{"id": "1", "text": "a"}, None]
    assert "line 3 is not UTF-8" in str(rows[1].problem)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["reviews.csv", "reviews"])
def test_delimiters_are_recognised(tmp_path: Path, delimiter: str, name: str) -> None:
    assert records(reader(tmp_path, table(delimiter).encode(), name)) == RECORDS


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;\r"])
def test_a_line_that_states_the_delimiter_is_no_row(tmp_path: Path, first: str) -> None:
    rows = list(reader(tmp_path, f"{first}\nid;a,b,c\n1;x,y,z\n".encode(), "reviews.csv"))
    assert [(row.line, row.record) for row in rows] == [(3, {"id": "1", "a,b,c": "x,y,z"})]


def test_decimal_commas_do_not_hide_semicolons(tmp_path: Path) -> None:
    rows = reader(tmp_path, b"id;rating;price\n1;4,5;1,20\n2;3,5;2,10\n", "reviews.csv")
    assert records(rows) == [
        {"id": "1", "rating": "4,5", "price": "1,20"},
        {"id": "2", "rating": "3,5", "price": "2,10"},
    ]


@pytest.mark.parametrize("given", ["~", "pipe", ","])
def test_a_delimiter_that_was_given_is_taken(tmp_path: Path, given: str) -> None:
    sign = {"pipe": "|"}.get(given, given)
    assert records(reader(tmp_path, f"a;b{sign}c\n1;2{sign}3\n".encode(), "x.csv", delimiter=given)) == [
        {"a;b": "1;2", "c": "3"}
    ]


@pytest.mark.parametrize("given", ["", "::", '"', "\n", "é", "colon"])
def test_what_is_no_delimiter_is_refused(given: str) -> None:
    with pytest.raises(InvalidInput, match="give comma, semicolon, tab, pipe or one character"):
        Layout(delimiter=given)


def test_titles_above_the_header_are_skipped_and_counted(tmp_path: Path) -> None:
    data = b"Reviews of the quarter,,\n\nExported 2026-01-01\n\nid,date,text\n1,2026-01-01,Fine\n"
    rows = reader(tmp_path, data, "reviews.csv")
    assert [(row.line, row.record) for row in rows] == [(6, {"id": "1", "date": "2026-01-01", "text": "Fine"})]
    assert rows.notes.lines() == ["4 lines above the header skipped"]
    assert [row.line for row in RowReader(str(tmp_path / "reviews.csv"), start_line=6)] == [6]


@pytest.mark.parametrize(
    "data", [b"text\nHello, you\nid, text\n", b"foo,bar\nid,text\n", b"review\nid,text,date\na,b,c\n"]
)
def test_what_may_be_a_header_is_one(tmp_path: Path, data: bytes) -> None:
    rows = reader(tmp_path, data, "reviews.csv")
    list(rows)
    assert rows.notes.lines() == []


def test_short_rows_are_filled_up_and_empty_cells_dropped_and_both_counted(tmp_path: Path) -> None:
    rows = reader(tmp_path, b"id,text,reply,by\n1,a\n2,b,,\n3,c,,,,\n4,d,,,x,\n5\n", "reviews.csv")
    found = list(rows)
    assert [row.record and list(row.record.values()) for row in found] == [
        ["1", "a", "", ""],
        ["2", "b", "", ""],
        ["3", "c", "", ""],
        None,
        None,
    ]
    assert "line 5 has 6 columns, the header has 4" in str(found[3].problem)
    assert rows.notes.lines() == [
        "1 short rows filled up with empty cells",
        "1 rows with superfluous empty cells at their end",
    ]


MYSQL = r""""id","text","by"
"1","a 9\" pan, \"as new\"",\N
"2","ends with \\","x"
"3","two\
lines","x"
"""


@pytest.mark.parametrize("backslash", [None, True])
def test_what_mysql_escaped_is_as_it_was(tmp_path: Path, backslash: bool | None) -> None:
    assert records(reader(tmp_path, MYSQL.encode(), "reviews.csv", backslash=backslash)) == [
        {"id": "1", "text": 'a 9" pan, "as new"', "by": None},
        {"id": "2", "text": "ends with \\", "by": "x"},
        {"id": "3", "text": "two\nlines", "by": "x"},
    ]


def test_what_postgresql_copied_is_as_it_was(tmp_path: Path) -> None:
    data = b"id\ttext\tby\n1\ta\\nb\\tc \\\\n \\\\\t\\N\n2\tx\ty\n"
    assert records(reader(tmp_path, data, "reviews.tsv")) == [
        {"id": "1", "text": "a\nb\tc \\n \\", "by": None},
        {"id": "2", "text": "x", "by": "y"},
    ]


def test_backslashes_of_others_are_characters(tmp_path: Path) -> None:
    data = b'id,text\n1,"C:\\"\n2,"he said ""no\\yes"""\n'
    assert [row and row["text"] for row in records(reader(tmp_path, data, "reviews.csv"))] == [
        "C:\\",
        'he said "no\\yes"',
    ]
    assert [row and row["text"] for row in records(reader(tmp_path, MYSQL.encode(), "b.csv", backslash=False))][
        1:2
    ] != ["ends with \\"]


def test_an_escape_beyond_the_beginning_is_read_and_counted(tmp_path: Path) -> None:
    data = b"id,text\n" + b'1,"plain words"\n' * 30_000 + b'2,"a 9\\" pan"\n3,"after"\n'
    rows = reader(tmp_path, data, "reviews.csv")
    assert [record and record["text"] for record in records(rows)][-2:] == ['a 9" pan', "after"]
    assert rows.notes.lines() == ["1 rows read with backslashes before quotes, as MySQL writes them"]


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def test_a_zip_file_of_one_member_is_read_as_that(tmp_path: Path) -> None:
    rows = reader(tmp_path, zipped(**{"a.csv": table(";").encode("utf-16"), "__MACOSX/._a.csv": b"x"}), "reviews.zip")
    assert records(rows) == RECORDS


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (zipped(a=b"", b=b""), "holds 2 files"),
        (zipped(), "cannot tell the format|holds 0 files"),
        (zipped(a=table().encode() * 99)[:200], "damaged or cut off"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 500, "an old Excel workbook"),
        (b"PAR1 and nothing else", "Parquet"),
    ],
)
def test_an_archive_that_cannot_be_read_says_why(tmp_path: Path, data: bytes, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        list(reader(tmp_path, data))


def test_a_damaged_member_ends_in_one_row(tmp_path: Path) -> None:
    packed = bytearray(zipped(a=b"id,text\n" + b"1,a\n" * 50_000))
    packed[60:70] = b"0123456789"
    rows = list(reader(tmp_path, bytes(packed), "reviews.zip"))
    assert "damaged or cut off" in str(rows[-1].problem)


@pytest.mark.parametrize("packed", [lambda data: data, gzip.compress, lambda data: zipped(a=data)])
def test_standard_input_needs_no_format_and_gives_its_sample_again(packed) -> None:
    code = (
        "from sources.files.row_reader import RowReader\nreader = RowReader('-')\n"
        "print([len(reader.first(1, 1 << 20)[0]), [row.line for row in reader]])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], input=packed(table(";").encode()), capture_output=True, cwd=ROOT, check=True
    )
    assert run.stdout.decode().strip() == "[2, [2, 3]]"


def test_a_sample_is_of_the_beginning_wherever_reading_starts(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text(table())
    rows = RowReader(str(path), start_line=3)
    assert [row.record for row in rows.first(9, 1 << 20)[0]] == RECORDS
    assert [row.record for row in rows] == RECORDS[1:]


def test_a_format_that_it_is_not_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_bytes(zipped(**{"xl/workbook.xml": b""}))
    with pytest.raises(InvalidInput, match=r"the file is no csv: it is xlsx; leave --format out"):
        list(RowReader(str(path), format="csv"))


PIECES = st.sampled_from(
    [b'"', b"\\", b"\\N", b";", b",", b"|", b"\t", b"\n", b"\r\n", b"a", b"id", b"text", b"[", b"{", b"}", b"]", b":", b"sep=;\n", b"\xff\xfe", b"PK\x03\x04"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map(b"".join), st.integers(0, 6))
def test_whatever_it_is_it_is_refused_or_read_and_a_later_start_gives_the_same_tail(
    tmp_path_factory, data: bytes, start: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(data)

    def rows(start_line: int) -> list[Row] | str:
        try:
            return list(RowReader(str(path), start_line=start_line))
        except InvalidInput as error:
            return error.reason

    found, later = rows(0), rows(start)
    assert later == found if isinstance(found, str) else later == [row for row in found if row.line >= start]
