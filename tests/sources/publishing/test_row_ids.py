"""Ids of rows, and what an event holds beside its row."""

from __future__ import annotations

import json
from uuid import NAMESPACE_URL, uuid5

from hypothesis import given
from hypothesis import strategies as st

from schemas.cloudevents import INBOUND_TYPE, SOURCE, SPEC
from sources.files.mapping import FieldMapping
from sources.files.row_reader import Row
from sources.publishing.envelope import Envelope
from sources.publishing.row_ids import RowIds

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(NAMES, st.integers(0, 10**12))
def test_an_id_is_the_uuid_of_run_and_line(run: str, line: int) -> None:
    assert RowIds(run).of(line) == str(uuid5(NAMESPACE_URL, f"{run}/{line}"))


@given(NAMES, NAMES, st.integers(1, 10**9), NAMES)
def test_an_event_is_json_whatever_the_names(tenant: str, run: str, line: int, text: str) -> None:
    envelope = Envelope(tenant, "shop", run, FieldMapping())
    (batch,) = envelope.messages([Row(line, 0, {"content": f"a{text}"}, b"", None)])
    assert json.loads(batch.value or b"") == [
        {
            "specversion": SPEC,
            "id": str(uuid5(NAMESPACE_URL, f"{run}/{line}")),
            "source": SOURCE,
            "type": INBOUND_TYPE,
            "tenantid": tenant,
            "runid": run,
            "line": line,
            "data": {"source": "shop", "content": f"a{text}", "metadata": {}},
        }
    ]
