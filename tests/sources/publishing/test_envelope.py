"""Rows as messages: batches of what can be read, and alone, with the problem, what cannot."""

from __future__ import annotations

import json
from collections.abc import Iterable

from connectors.kafka import Outgoing
from schemas.cloudevents import parse
from sources.files.mapping import FieldMapping
from sources.files.notes import BELOW_CAP
from sources.files.row_reader import Row
from sources.publishing.envelope import Envelope

GOOD = {"review_id": "a", "text": "Fine.", "Star Rating": "4", "date": "2026-01-02"}


def row(line: int, raw: bytes = b"", **changes: object) -> Row:
    return Row(line, 0, {**GOOD, **changes}, raw, None)


def messages(rows: Iterable[Row], source: str | None = "shop") -> list[Outgoing]:
    return list(Envelope("blue-harbour", source, "run-1", FieldMapping()).messages(rows))


def test_a_value_that_cannot_be_read_is_sent_with_its_row_column_and_field() -> None:
    refused, batch = messages([row(2), row(3, b"a,Fine.,good,2026-01-02", **{"Star Rating": "good"})])
    (item,) = parse(refused.headers, refused.value)
    assert item.problem is not None
    assert (item.problem.field, item.problem.reason) == ("rating", "unreadable_row")
    assert str(item.problem).startswith("Star Rating: a text of 4 characters is no number")
    assert (item.attributes["line"], item.raw) == ("3", b"a,Fine.,good,2026-01-02")
    assert [event["line"] for event in json.loads(batch.value or b"")] == [2]


def test_a_record_without_bytes_of_its_own_is_kept_as_json() -> None:
    (refused,) = messages([row(1, date="soon")])
    assert json.loads(refused.value or b"") == {**GOOD, "date": "soon"}


def test_a_row_that_was_not_read_has_no_field() -> None:
    (refused,) = messages([Row(7, 0, None, b"{broken", "line 7: not JSON")])
    (item,) = parse(refused.headers, refused.value)
    assert item.problem is not None
    assert (item.problem.field, str(item.problem), item.raw) == ("row", "line 7: not JSON", b"{broken")


def test_spellings_of_one_id_share_a_partition() -> None:
    spelled = ["Zo\u00e9", "Zoe\u0301", " Zo\u00e9\u200b", "\ufeffZo\u00e9\u00a0"]
    assert (
        len({one.key for one in messages([row(at, review_id=spelling) for at, spelling in enumerate(spelled, 1)])}) == 1
    )


def test_a_source_is_that_of_the_run_or_of_the_row_and_is_no_metadata() -> None:
    def reviews(source: str | None) -> list[dict[str, object]]:
        return [
            event["data"]
            for one in messages([row(1, source="kiosk")], source)
            for event in json.loads(one.value or b"")
        ]

    assert [(one["source"], one["metadata"]) for one in reviews("shop")] == [("shop", {"source": "kiosk"})]
    assert [(one["source"], one["metadata"]) for one in reviews(None)] == [("kiosk", {})]


def test_what_metadata_cannot_hold_is_counted_over_all_rows() -> None:
    envelope = Envelope("blue-harbour", "shop", "run-1", FieldMapping())
    many = {f"c{number}": "x" for number in range(33)}
    list(envelope.messages([row(1, **many), row(2, **many), row(3)]))
    assert envelope.notes.lines() == [f"2 {BELOW_CAP}"]
