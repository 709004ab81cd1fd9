"""JSON documents: arrays, objects one after the other, and lists in an answer; broken ones are one error with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import InvalidInput
from sources.files.json_stream import MAX_RECORD_BYTES
from sources.files.row_reader import Layout, RowReader

RECORDS = [
    {"id": f"d-{n}", "text": f"Words {n} 🙂", "rating": {"value": n / 2, "of": [5, None, True]}} for n in range(5)
]


def reader(tmp_path: Path, data: str | bytes, name: str = "reviews.json", records: str | None = None) -> RowReader:
    (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return RowReader(str(tmp_path / name), layout=Layout(records=records))


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_an_array_is_read_whatever_its_form(tmp_path: Path, indent: int | None, mark: str) -> None:
    rows = list(reader(tmp_path, mark + json.dumps(RECORDS, indent=indent), "reviews.txt"))
    assert [row.record for row in rows] == RECORDS
    assert [row.line for row in rows] == [1, 2, 3, 4, 5]
    assert json.loads(rows[0].kept()) == RECORDS[0]


def test_pretty_printed_objects_one_after_the_other_are_rows(tmp_path: Path) -> None:
    assert [row.record for row in reader(tmp_path, "\n".join(json.dumps(one, indent=1) for one in RECORDS))] == RECORDS


@pytest.mark.parametrize("name", ["reviews.json", "reviews.jsonl", "reviews"])
def test_objects_by_line_are_lines_under_any_name(tmp_path: Path, name: str) -> None:
    rows = list(reader(tmp_path, "\n".join([*map(json.dumps, RECORDS), "{broken", json.dumps(RECORDS[0])]), name))
    assert [row.line for row in rows if row.problem] == [6]
    assert len(rows) == 7


ANSWER = {
    "status": 20000,
    "jobs": [{"id": 1, "state": [{"a": 1}], "pages": [{"items": RECORDS[:2]}, {"items": RECORDS[2:]}]}],
}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("path", [None, "jobs.pages.items"])
def test_records_are_found_in_an_answer_and_that_is_said(tmp_path: Path, indent: int | None, path: str | None) -> None:
    rows = reader(tmp_path, json.dumps(ANSWER, indent=indent), records=path)
    assert [row.record for row in rows] == RECORDS
    said = [] if path else ["the records are read from the list jobs.pages.items; --records names another"]
    assert rows.notes.lines() == said


def test_an_answer_with_two_lists_of_reviews_names_both(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"--records old or new"):
        list(reader(tmp_path, json.dumps({"old": RECORDS, "new": RECORDS}, indent=1)))


def test_a_review_that_holds_lists_is_a_review(tmp_path: Path) -> None:
    review = {"id": "1", "text": "Fine.", "photos": [{"url": "a", "text": "b"}]}
    assert [row.record for row in reader(tmp_path, json.dumps(review, indent=1))] == [review]


def test_a_path_that_leads_nowhere_names_the_lists(tmp_path: Path) -> None:
    with pytest.raises(
        InvalidInput, match=r"no object at jobs\.items; lists of objects are at: jobs, jobs\.state, jobs\.pages"
    ):
        list(reader(tmp_path, json.dumps(ANSWER), records="jobs.items"))


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ('{"id": 1, "id": 2}', "the same key twice"),
        ('{"text": "a\\u0000"}', "\\u0000"),
        ('{"rating": 1e999}', "out of range"),
        ("[" * 3 + "7" + "]" * 3, "is a number; an object is needed"),
        ("null", "is null"),
        ('{"a": ' + "[" * 200 + "]" * 200 + "}", "nested"),
    ],
)
def test_a_record_that_others_refuse_is_a_bad_row_between_good_ones(tmp_path: Path, record: str, why: str) -> None:
    before, bad, after = reader(tmp_path, f'[{{"id": 1}},\n{record},\n{{"id": 3}}]')
    assert (before.record, after.record) == ({"id": 1}, {"id": 3})
    assert bad.record is None
    assert str(bad.problem).startswith("record 2: ")
    assert why in str(bad.problem)


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ('[\n{"id": 1},\n{"id": 2},\n{"id": NaN}\n]', "broken JSON at line 4"),
        ('[\n{"id": 1},\n{"id": 2},\n', "broken JSON at line"),
        ('[\n{"id": 1},\n{"id": 2}\n{"id": 3}\n]', "broken JSON at line 4"),
        (b'[\n{"id": 1},\n{"id": 2},\n{"text": "\xff"}]', "broken JSON at line 4"),
        (
            '[\n{"id": 1},\n{"id": 2},\n{"text": "' + "x" * (MAX_RECORD_BYTES + 200_000) + '"}]',
            "longer than 8 MB at line 4",
        ),
    ],
)
def test_a_broken_document_is_one_error_with_its_place(tmp_path: Path, data: str | bytes, place: str) -> None:
    *good, bad = reader(tmp_path, data)
    assert [row.record for row in good] == [{"id": 1}, {"id": 2}]
    assert place in str(bad.problem)
    assert "after 2 records" in str(bad.problem)
    assert (bad.line, bad.raw) == (3, b"")


def test_halves_of_characters_are_counted(tmp_path: Path) -> None:
    rows = reader(tmp_path, r'[{"text": "a \ud83d b", "c": "\ud83d\ude00 \\ud83d"}]')
    assert [row.record for row in rows] == [{"text": "a ? b", "c": "😀 \\ud83d"}]
    assert rows.notes.lines() == ["1 halves of surrogate pairs read as question marks"]


def test_an_empty_document_has_no_rows(tmp_path: Path) -> None:
    assert [list(reader(tmp_path, data)) for data in ("", "[]", "[[], []]")] == [[], [], []]
    assert list(reader(tmp_path, '{"a": {"reviews": []}}', records="a.reviews")) == []


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(
    st.lists(st.dictionaries(texts, values, max_size=4), min_size=1, max_size=6),
    st.booleans(),
    st.integers(0, 7),
)
def test_any_records_come_back_and_a_later_start_gives_the_same_tail(tmp_path_factory, records, escape, start) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_bytes(json.dumps([records], ensure_ascii=escape, indent=1).encode())
    rows = list(RowReader(str(path)))
    assert [row.record for row in rows] == records
    assert list(RowReader(str(path), start_line=start)) == [row for row in rows if row.line >= start]


def test_what_graphql_wraps_in_nodes_is_found(tmp_path: Path) -> None:
    nodes = [{"id": f"g{n}", "body": "Calm", "rating": 4, "reply": {"text": "Thanks", "rating": 5}} for n in range(3)]
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"data": {"reviews": {"edges": [{"cursor": "c", "node": node} for node in nodes]}}}))
    assert [row.record for row in RowReader(str(path))] == nodes
    path.write_text(json.dumps({"data": {"reviews": nodes}}))
    assert [row.record for row in RowReader(str(path))] == nodes
