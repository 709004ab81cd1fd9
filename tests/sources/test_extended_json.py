"""What mongoexport writes: identifiers, dates and numbers in objects of one name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bson import json_util
from bson.objectid import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from sources.files.extended_json import plain
from sources.files.row_reader import RowReader

READ = [
    ({"$oid": "64b64b64b64b64b64b64b64b"}, "64b64b64b64b64b64b64b64b"),
    ({"$numberInt": "4"}, 4),
    ({"$numberLong": "4"}, 4),
    ({"$numberDouble": "4.5"}, 4.5),
    ({"$numberDouble": "NaN"}, None),
    ({"$numberDecimal": "4.50"}, "4.50"),
    ({"$date": "2026-10-01T10:00:00Z"}, "2026-10-01T10:00:00+00:00"),
    ({"$date": {"$numberLong": "1790000000000"}}, "2026-09-21T14:13:20+00:00"),
    ({"name": {"$numberInt": "4"}, "of": [{"$numberInt": "5"}]}, {"name": 4, "of": [5]}),
]
NOT_READ = [
    {"$oid": "64b"}, {"$oid": 5}, {"$numberInt": "many"}, {"$date": "soon"}, {"$date": {"$numberLong": "9" * 30}}, {"$other": 1},
    {"$binary": {"base64": "AA==", "subType": "00"}}, {"$minKey": 1}, {"$oid": "a", "$date": "b"},
]  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), READ)
def test_values_are_what_they_mean(written: object, meant: object) -> None:
    assert plain(written) == meant


@pytest.mark.parametrize("written", NOT_READ)
def test_what_is_not_understood_stays(written: object) -> None:
    assert plain(written) == written


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["a", "$oid", "$date", "$x"]), inner, max_size=2)
        ),
        max_leaves=8,
    )
)
def test_nothing_ends_it(written: object) -> None:
    json.dumps(plain(written))


@pytest.mark.parametrize("name", ["reviews.jsonl", "reviews.json"])
def test_an_export_of_mongodb_is_read(tmp_path: Path, name: str) -> None:
    documents = [{"_id": ObjectId(), "text": f"Calm {n}", "stars": n, "paid": {"sum": n}} for n in range(1, 4)]
    lines = [json_util.dumps(one, json_options=json_util.CANONICAL_JSON_OPTIONS) for one in documents]
    (tmp_path / name).write_text("\n".join(lines) if name.endswith("l") else f"[{','.join(lines)}]")
    expected = [{**one, "_id": str(one["_id"])} for one in documents]
    assert [row.record for row in RowReader(str(tmp_path / name))] == expected
