"""Reading review files: good rows come out as they were written, bad ones with a reason, and nothing raises."""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.errors import InvalidInput
from sources.files.formats import by_name
from sources.files.lines import KEPT_OF_LONG_LINE, MAX_LINE_BYTES
from sources.files.row_reader import Row, RowReader

ROOT = Path(__file__).parents[2]
COMPRESS = {"plain": bytes, "gzip": gzip.compress, "zstd": zstandard.compress}

names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
columns = st.lists(names.map(str.strip).filter(bool), min_size=2, max_size=5, unique=True)
# A carriage return at a field's end is quoted by csv.writer, but "\r\n" inside one is a newline like any other.
values = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)


def read(tmp_path: Path, data: bytes, form: str = "jsonl", start_line: int = 0) -> list[Row]:
    path = tmp_path / "reviews"
    path.write_bytes(data)
    return list(RowReader(str(path), format=form, start_line=start_line))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.mark.parametrize("form", ["csv", "tsv"])
@given(st.data())
def test_rows_of_csv_writer_come_back_with_their_lines_and_bytes(folder, form, data):
    header = data.draw(columns)
    records = data.draw(st.lists(st.tuples(*[values] * len(header)), max_size=8))
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t" if form == "tsv" else ",", quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    starts = []
    for record in records:
        starts.append(text.getvalue().count("\n") + 1)
        writer.writerow(record)
    content = text.getvalue().encode()

    rows = read(folder, content, form)

    assert [row.problem for row in rows] == [None] * len(records)
    assert [row.record for row in rows] == [dict(zip(header, record, strict=True)) for record in records]
    assert [row.line for row in rows] == starts
    assert all(content[row.offset :].startswith(row.raw) for row in rows)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | values,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(values, inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(values, json_values, max_size=5), max_size=8), st.booleans(), st.integers(0, 9))
def test_records_of_json_dumps_come_back_and_a_later_start_gives_the_same_tail(folder, records, escape, start):
    content = "".join(json.dumps(record, ensure_ascii=escape) + "\n" for record in records).encode()

    rows = read(folder, content)

    assert [row.record for row in rows] == records
    assert [row.line for row in rows] == list(range(1, len(records) + 1))
    assert b"".join(row.raw + b"\n" for row in rows) == content
    assert read(folder, content, start_line=start) == [row for row in rows if row.line >= start]


csv_pieces = st.sampled_from(
    [b'"', b'""', b",", b"\t", b"\n", b"\r\n", b"\r", b"\0", b"a", b"\xff", b"\xc3\xa9", b'{"a":1}', b"\x1f\x8b"]
)
any_bytes = st.binary(max_size=200) | st.lists(csv_pieces, max_size=60).map(b"".join)


@given(any_bytes, st.sampled_from(["csv", "tsv", "jsonl"]), st.integers(0, 12))
@example(b"PK\x03\x04", "csv", 0)
@example(b"PAR1", "jsonl", 0)
def test_no_bytes_raise_and_a_later_start_gives_the_same_tail(folder, content, form, start):
    if content.startswith((b"PK\x03\x04", b"PAR1")):  # a zip file or a table of Parquet is read as a whole or refused
        with pytest.raises(InvalidInput):
            read(folder, content, form)
        return
    rows = read(folder, content, form)

    assert all((row.record is None) == (row.problem is not None) for row in rows)
    assert [row.line for row in rows] == sorted({row.line for row in rows})
    assert read(folder, content, form, start) == [row for row in rows if row.line >= start]


@given(st.binary(max_size=300), st.sampled_from(["gzip", "zstd"]), st.data())
def test_damaged_compressed_data_ends_in_one_bad_row(folder, noise, kind, data):
    packed = bytearray(COMPRESS[kind](b'{"content": "good"}\n' * 50 + noise))
    at = data.draw(st.integers(4, len(packed) - 1))
    packed[at:] = data.draw(st.binary(max_size=20))

    rows = read(folder, bytes(packed))

    assert rows == [] or isinstance(rows[-1], Row)


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_a_file_that_was_cut_off_is_read_to_the_cut_and_says_so(tmp_path, kind):
    content = b"".join(b'{"id": %d}\n' % number for number in range(100_000))
    packed = COMPRESS[kind](content)

    rows = read(tmp_path, packed[: len(packed) // 2])

    good = [row for row in rows if row.problem is None]
    assert len(good) > 20_000
    assert [row.record["id"] for row in good] == list(range(len(good)))
    assert len(rows) == len(good) + 1
    assert "cut off" in rows[-1].problem
    assert f"line {len(good)}" in rows[-1].problem


@pytest.mark.parametrize("kind", COMPRESS)
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_compression_is_recognised_by_the_bytes_and_a_bom_is_no_content(tmp_path, kind, bom):
    half = len(bom) + 9  # frames and members may be joined anywhere, as `cat a.gz b.gz` does
    content = bom + b"id,content\n1,caf\xc3\xa9\n"
    packed = COMPRESS[kind](content[:half]) + COMPRESS[kind](content[half:])
    path = tmp_path / "named-otherwise.csv"
    path.write_bytes(packed)

    [row] = RowReader(str(path))

    assert row.record == {"id": "1", "content": "café"}
    assert (row.line, row.offset, row.raw) == (2, len(bom) + 11, b"1,caf\xc3\xa9")


def test_skippable_zstd_frames_are_skipped(tmp_path):
    skippable = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc"
    packed = skippable + zstandard.compress(b'{"id": 1}\n') + skippable
    assert [row.record for row in read(tmp_path, packed)] == [{"id": 1}]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"rating": NaN}', "NaN is not a JSON number"),
        (b'{"rating": -Infinity}', "-Infinity is not a JSON number"),
        (b'{"rating": 1e999}', "out of range"),
        (b'{"rating": ' + b"9" * 5000 + b"}", "too long"),
        (b'{"a": 1, "a": 2}', "same key twice"),
        (b'{"content": "\\ud83d alone"}', "surrogate"),
        (b'{"\\udc00": "in a name"}', "surrogate"),
        (b'{"content": ["\\u0000"]}', "\\u0000"),
        (b'{"content": "\xff"}', "not UTF-8 at its byte 14 (0xff)"),
        (b'{"content": \0}', "NUL"),
        (b"[1, 2]", "not an array"),
        (b"null", "not null"),
        (b'{"content": ', "not JSON"),
        (b'{"a": ' + b"[" * 200 + b"]" * 200 + b"}", "nested"),
        (b'{"a": ' + b"[" * 200_000, "nested"),
    ],
)
def test_json_that_others_refuse_is_a_bad_row_between_good_ones(tmp_path, line, reason):
    good = b'{"content": "a whole pair \\ud83d\\ude00 and \\\\u0000, \\\\ud83d in words"}'
    before, bad, after = read(tmp_path, good + b"\n" + line + b"\n\n" + good)

    assert before.record == after.record
    assert (before.line, bad.line, after.line) == (1, 2, 4)
    assert bad.record is None
    assert bad.raw == line
    assert bad.problem.startswith("line 2")
    assert reason in bad.problem


CSV_CASES = [
    (b"1\n", "line 2 has 1 columns, the header has 2"),
    (b"1,a,b\n", "line 2 has 3 columns, the header has 2"),
    (b'1,"closed below\n', "a quote opened here ends within a field of line 3"),
    (b'1,"a" b\n', "',' expected after '\"'"),
    (b"1,a\rb\n", "carriage return"),
    (b"1,\xe9t\xe9\n", "line 2 is not UTF-8 at its byte 3 (0xe9)"),
    (b"1,\0\n", "NUL"),
]


@pytest.mark.parametrize(("line", "reason"), CSV_CASES)
def test_a_broken_csv_row_costs_no_other_row(tmp_path, line, reason):
    bad, *others = read(tmp_path, b"id,text\n" + line + b'2,"two\nlines"\n3,c\n', "csv")

    assert reason in bad.problem
    assert bad.line == 2
    assert [(row.line, row.record) for row in others] == [
        (3, {"id": "2", "text": "two\nlines"}),
        (5, {"id": "3", "text": "c"}),
    ]


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path):
    rows = read(tmp_path, b'id,text\n1,"a\n2,b\n3,c', "csv")
    assert [(row.line, row.record and row.record["text"]) for row in rows] == [(2, None), (3, "b"), (4, "c")]
    assert "opened and never closed" in rows[0].problem


def test_the_end_of_a_broken_row_is_not_taken_for_a_row(tmp_path):
    rows = read(tmp_path, b'id,text\n1,"a\nb"x,c\n2,d\n', "csv")
    assert [(row.line, row.record) for row in rows] == [(2, None), (3, None), (4, {"id": "2", "text": "d"})]
    assert "broken row above" in rows[1].problem


def test_a_quote_within_an_unquoted_field_is_a_character(tmp_path):
    [row] = read(tmp_path, b'id,text\n1,a 5" screen\n', "csv")
    assert row.record == {"id": "1", "text": 'a 5" screen'}


def test_tsv_quotes_that_enclose_nothing_are_characters(tmp_path):
    rows = read(tmp_path, b'id\ttext\n1\t"Great" app\n2\t"open\n3\t"quoted\ttab"\n', "tsv")
    assert [row.record["text"] for row in rows] == ['"Great" app', '"open', "quoted\ttab"]


@pytest.mark.parametrize(
    ("header", "reason"),
    [(b"id,id\n", "'id' twice"), (b'"id,text\n', "never closed"), (b"id,t\xe9xt\n", "not UTF-8")],
)
def test_without_a_usable_header_one_row_says_why(tmp_path, header, reason):
    [row] = read(tmp_path, header + b"1,a\n", "csv")
    assert row.line == 1
    assert "no row can be read without a header" in row.problem
    assert reason in row.problem


def test_columns_without_a_name_are_numbered(tmp_path):
    [row] = read(tmp_path, b",text\n0,a\n", "csv")
    assert row.record == {"column_1": "0", "text": "a"}


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_line_over_the_limit_is_a_bad_row_and_reading_goes_on(tmp_path, form):
    good, head = (b"1,a\n", b"id,text\n") if form == "csv" else (b'{"id": "1", "text": "a"}\n', b"")
    content = head + good + b"x" * (MAX_LINE_BYTES + 1) + b"\n" + good

    first, bad, last = read(tmp_path, content, form)

    assert first.record == last.record == {"id": "1", "text": "a"}
    assert "longer than 8 MB" in bad.problem
    assert len(bad.raw) == KEPT_OF_LONG_LINE
    assert last.line == bad.line + 1
    assert content[last.offset :] == good


def test_a_field_just_below_the_limit_is_read(tmp_path):
    [row] = read(tmp_path, b"id,text\n1," + b"x" * (MAX_LINE_BYTES - 10) + b"\n", "csv")
    assert len(row.record["text"]) == MAX_LINE_BYTES - 10


def test_standard_input_is_read_with_a_given_format():
    code = "from sources.files.row_reader import RowReader\nfor row in RowReader('-', format='csv'): print(row.line, row.record)"
    packed = gzip.compress(b"id,text\n1,a\n")
    run = subprocess.run([sys.executable, "-c", code], input=packed, capture_output=True, cwd=ROOT, check=True)
    assert run.stdout.decode().strip() == "2 {'id': '1', 'text': 'a'}"


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.CSV", "csv"), ("b.tsv.gz", "tsv"), ("c.jsonl.zst", "jsonl"), ("d.e.ndjson", "jsonl"), ("f.tab.zstd", "tsv")],
)
def test_the_name_says_the_format_where_the_content_may_be_several(name, form):
    assert by_name(name) == form


@pytest.mark.parametrize("name", ["reviews", "reviews.gz", "reviews.pdf"])
def test_an_unknown_format_names_the_option_to_give(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"only words\nin lines\n")
    with pytest.raises(InvalidInput, match="--format csv, tsv, jsonl") as caught:
        list(RowReader(str(path)))
    assert caught.value.field == "format"


def test_a_wrong_format_and_a_missing_file_name_their_fields(tmp_path):
    with pytest.raises(InvalidInput, match="known are csv, tsv, jsonl"):
        RowReader("a.csv", format="xml")
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(InvalidInput, match="cannot read") as caught:
            list(RowReader(str(path), format="csv"))
        assert caught.value.field == "path"


def test_an_empty_file_has_no_rows(tmp_path):
    for form in ("csv", "tsv", "jsonl"):
        assert read(tmp_path, b"", form) == []
        assert read(tmp_path, b"\n \r\n" if form == "jsonl" else b"\n\r\n", form) == []
