"""The forms of inbound messages, and what is said about those that have none of them."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.cloudevents import AVRO, BATCH, INBOUND_TYPE, JSON, STRUCTURED, headers, parse
from schemas.codec import encode
from schemas.messages import InboundReview, StepBatch

NOW = datetime(2026, 2, 3, 4, 5, 6, 789012, tzinfo=UTC)
REVIEW = {"source": "blue-harbour", "content": "Quiet rooms.", "published_at": "2026-02-01"}
ENVELOPE = {"specversion": "1.0", "id": "1", "source": "/tests", "type": INBOUND_TYPE, "tenantid": "acme"}
EVENT = {**ENVELOPE, "data": REVIEW}
BODY = json.dumps(REVIEW).encode()


def binary(content_type: str | None = JSON, **attributes: str) -> list[tuple[str, bytes]]:
    """Headers of a binary-mode event; an attribute given as empty text is left out."""
    given = {name: value for name, value in {**ENVELOPE, **attributes}.items() if value}
    found = [(f"ce_{name}", value.encode()) for name, value in given.items()]
    return found if content_type is None else [("content-type", content_type.encode()), *found]


def structured(event: object, content_type: str = STRUCTURED) -> list:
    """The items of a message with that JSON as its value."""
    return parse([("content-type", content_type.encode())], json.dumps(event).encode())


@pytest.mark.parametrize(
    "content_type",
    [JSON, "application/json; charset=utf-8", "Application/JSON", " application/json ;charset=UTF-8", None],
)
def test_binary_json(content_type):
    (item,) = parse(binary(content_type), BODY)
    assert (item.index, item.data, item.problem, item.raw) == (0, REVIEW, None, BODY)
    assert item.attributes == ENVELOPE


@pytest.mark.parametrize("content_type", [AVRO, "avro/binary", "application/vnd.confluent.avro"])
def test_binary_avro(content_type):
    (item,) = parse(binary(content_type), encode(InboundReview(**REVIEW, rating=4.0)))
    assert item.problem is None
    assert item.data == {**_empty(), **REVIEW, "rating": 4.0}


@pytest.mark.parametrize("content_type", [STRUCTURED, STRUCTURED + "; charset=utf-8"])
def test_structured_json(content_type):
    (item,) = structured(EVENT, content_type)
    assert (item.data, item.problem) == (REVIEW, None)
    assert item.attributes == ENVELOPE


def test_structured_json_with_base64_data():
    (item,) = structured({**ENVELOPE, "data_base64": base64.b64encode(BODY).decode()})
    assert (item.data, item.problem) == (REVIEW, None)


def test_batch_counts_its_events_and_judges_each_alone():
    items = structured([EVENT, {**EVENT, "type": "other"}, "no event", {**EVENT, "id": "2"}], BATCH)
    assert [item.index for item in items] == [0, 1, 2, 3]
    assert [item.problem and item.problem.reason for item in items] == [None, "unknown_type", "envelope", None]
    assert items[3].attributes["id"] == "2"


def test_dead_letter_of_a_batch_keeps_one_event_that_can_be_sent_again():
    items = structured([EVENT, {**EVENT, "id": ""}], BATCH)
    (again,) = parse([("content-type", BATCH.encode())], items[1].raw)
    assert (again.problem.reason, again.attributes["tenantid"]) == ("envelope", "acme")
    assert json.loads(items[1].raw) == [{**EVENT, "id": ""}]


def test_header_names_in_any_case_are_found():
    found = [(name.upper() if number % 2 else name.title(), value) for number, (name, value) in enumerate(binary())]
    (item,) = parse(found, BODY)
    assert (item.data, item.attributes) == (REVIEW, ENVELOPE)


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type"])
def test_missing_attribute_is_named(name):
    (from_headers,) = parse(binary(**{name: ""}), BODY)
    (from_json,) = structured({key: value for key, value in EVENT.items() if key != name})
    for item in (from_headers, from_json):
        assert (item.problem.field, item.problem.reason, item.data) == (name, "envelope", None)
        assert item.attributes["tenantid"] == "acme"


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type"])
@pytest.mark.parametrize("value", [None, 1, True, 1.0, [], {"a": 1}, ""])
def test_needed_attributes_are_text(name, value):
    (item,) = structured({**EVENT, name: value})
    assert (item.problem.field, item.problem.reason) == (name, "envelope")


def test_extensions_may_be_numbers_or_truths_and_null_ones_do_not_count():
    (item,) = structured({**EVENT, "line": 7, "last": True, "runid": None, "odd": {"a": 1}})
    assert item.attributes == {**ENVELOPE, "line": "7", "last": "true"}


def test_wrong_specversion_and_type_are_named():
    assert parse(binary(specversion="0.3"), BODY)[0].problem.field == "specversion"
    assert parse(binary(type="review.unheard"), BODY)[0].problem.reason == "unknown_type"


def test_nul_in_attributes_does_not_reach_a_database():
    (item,) = parse(binary(tenantid="ac\0me", runid="\0", id=""), BODY)
    (other,) = structured({**EVENT, "tenantid": "ac\0me", "runid": "\0", "id": ""})
    for each in (item, other):
        assert not any("\0" in value for value in each.attributes.values())


PROBLEMS = {
    "unknown content type": (binary("text/csv"), BODY, "content_type"),
    "no value": (binary(), None, "tombstone"),
    "an empty value": (binary(), b"", "syntax"),
    "empty value": (binary(), b"", "syntax"),
    "no value, Avro": (binary(AVRO), None, "tombstone"),
    "null": (binary(), b"null", "data"),
    "array": (binary(), b"[]", "data"),
    "text": (binary(), b'"review"', "data"),
    "not JSON": (binary(), b"\x80garbage", "encoding"),
    "NaN": (binary(), b'{"rating": NaN}', "number"),
    "garbage as Avro": (binary(AVRO), b"\xde\xad\xbe\xef\0\0", "bad_magic"),
    "unknown schema": (binary(AVRO), b"\0\0\0\xff\xff", "unknown_schema"),
    "another schema": (binary(AVRO), encode(StepBatch(items=())), "wrong_schema"),
    "cut Avro": (binary(AVRO), encode(InboundReview(**REVIEW))[:-4], "avro"),
    "cut Avro of another schema": (binary(AVRO), b"\0\0\0\0\x01", "wrong_schema"),
    "structured array": ([("content-type", STRUCTURED.encode())], b"[]", "envelope"),
    "structured null": ([("content-type", STRUCTURED.encode())], b"null", "envelope"),
    "structured without a value": ([("content-type", STRUCTURED.encode())], None, "tombstone"),
    "empty batch": ([("content-type", BATCH.encode())], b"[]", "envelope"),
    "batch that is an object": ([("content-type", BATCH.encode())], b"{}", "envelope"),
    "row that its publisher could not read": (binary(problem="no header row"), b"raw,row", "unreadable_row"),
}


@pytest.mark.parametrize(("given_headers", "value", "reason"), PROBLEMS.values(), ids=PROBLEMS)
def test_problem_says_why_and_keeps_the_bytes(given_headers, value, reason):
    (item,) = parse(given_headers, value)
    assert (item.problem.reason, item.data, item.raw) == (reason, None, value or b"")


def test_a_row_whose_publisher_could_not_read_a_value_names_its_field():
    (item,) = parse(binary(problem="Stars: 'good' is no number", problemfield="rating"), b"good")
    assert (item.problem.field, str(item.problem)) == ("rating", "Stars: 'good' is no number")


@pytest.mark.parametrize("data", [None, [], "text", 1, True])
def test_structured_data_that_is_no_object_is_refused(data):
    (item,) = structured({**EVENT, "data": data})
    assert (item.problem.field, item.problem.reason) == ("data", "data")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("*", "encoding"), ("ünicode", "encoding"), (None, "encoding"), (12, "syntax"), ({}, "encoding"), ("", "syntax")],
)
def test_broken_base64_is_refused(text, reason):
    (item,) = structured({**ENVELOPE, "data_base64": text})
    assert item.problem.reason in {reason, "encoding"}
    assert item.data is None


@pytest.mark.parametrize("depth", [200, 900, 985, 990, 995, 1_000, 5_000])
@pytest.mark.parametrize("content_type", [JSON, STRUCTURED, BATCH])
def test_deep_nesting_at_any_depth_never_raises(content_type, depth):
    deep = b"[" * depth + b"]" * depth
    event = json.dumps(EVENT).encode()[:-1] + b', "deep": ' + deep + b', "data": ' + deep + b"}"
    value = {JSON: deep, STRUCTURED: event, BATCH: b"[" + event + b"]"}[content_type]
    (item,) = parse(binary(content_type), value)
    assert item.problem is not None


def test_headers_of_a_submitted_review_are_parsed_back():
    event_id = UUID(int=5)
    written = headers(
        event_id,
        INBOUND_TYPE,
        subject="line 7",
        time=NOW,
        tenant="acme",
        content_type=JSON,
        extensions={"runid": "run-1", "line": "7"},
    )
    (item,) = parse(written, BODY)
    assert (item.data, item.problem) == (REVIEW, None)
    assert item.attributes == {
        "id": str(event_id),
        "source": "/reviewstream",
        "specversion": "1.0",
        "type": INBOUND_TYPE,
        "subject": "line 7",
        "time": "2026-02-03T04:05:06.789012+00:00",
        "tenantid": "acme",
        "runid": "run-1",
        "line": "7",
    }


def test_headers_name_avro_unless_told_otherwise():
    found = dict(headers(UUID(int=5), "review.collected", subject="s", time=NOW, tenant="acme"))
    assert found["content-type"] == AVRO.encode()
    assert all(name == "content-type" or name.removeprefix("ce_").isalnum() for name in found)


NAMES = st.sampled_from([name for name, _ in binary()] + ["CE_ID", "Content-Type", "ce_problem"]) | st.text(max_size=9)
TYPES = st.sampled_from([JSON, AVRO, STRUCTURED, BATCH, JSON + "; charset=x", ""]).map(str.encode)
HEADERS = st.lists(st.tuples(NAMES, st.binary(max_size=20) | st.none() | TYPES), max_size=8)
VALUES = (
    st.none()
    | st.binary(max_size=80)
    | st.binary(max_size=80).map(lambda body: b"\0\0\0\0\x0d" + body)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.floats(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*EVENT, "data_base64"]) | st.text(max_size=5), inner, max_size=5)
        ),
    ).map(lambda value: json.dumps(value).encode())
)


@given(HEADERS, TYPES, VALUES)
def test_nothing_that_is_sent_raises(given_headers, content_type, value):
    for found in (given_headers, [*given_headers, ("content-type", content_type)]):
        items = parse(found, value)
        assert items
        assert [item.index for item in items] == list(range(len(items)))
        assert all((item.data is None) != (item.problem is None) for item in items)


@given(st.binary(max_size=100))
def test_garbage_in_a_good_envelope_never_raises(body):
    for content_type in (JSON, AVRO, STRUCTURED, BATCH):
        for item in parse(binary(content_type), body):
            assert (item.data is None) != (item.problem is None)


def _empty() -> dict[str, object]:
    return {
        "platform": "", "external_id": None, "title": None, "rating": None, "best_rating": None,
        "worst_rating": None, "author_name": None, "author_id": None, "language": None, "url": None, "metadata": {},
    }  # fmt: skip
