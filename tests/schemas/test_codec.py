"""Wire format: what goes in comes out, and bytes that are something else are refused."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.codec import classes, decode, decode_record, encode, encode_record, schema_of
from schemas.errors import InvalidInput, UnknownSchema
from schemas.events.review import RawReviewStored, ReviewRevised
from schemas.messages import StepBatch, StepItem
from schemas.parts import Author
from schemas.registry import contracts, newest
from tests.schemas.strategies import anything, instances

NOW = datetime(2026, 2, 3, 4, 5, 6, 789012, tzinfo=UTC)
REVISED = ReviewRevised(
    source="blue-harbour",
    external_id="r-1",
    revision=2,
    content_hash="b" * 64,
    title="Good",
    content="Quiet rooms, ünïcode and \N{GRINNING FACE}.",
    rating=4.5,
    author=Author("A Guest", None),
    published_at=NOW,
    metadata={"room": "12"},
    collected_at=NOW,
    previous_content_hash="a" * 64,
)


@pytest.mark.parametrize("topic", sorted(classes()))
def test_every_class_survives_the_round_trip(topic):
    @settings(max_examples=40)
    @given(instances(classes()[topic]))
    def round_trip(value):
        assert decode(encode(value)) == value

    round_trip()


@given(anything())
def test_header_is_magic_byte_and_pinned_id(value):
    data = encode(value)
    assert data[:5] == b"\0" + newest(value.TOPIC).id.to_bytes(4, "big")
    assert schema_of(data) is newest(value.TOPIC)


@given(anything())
def test_bytes_are_deterministic(value):
    assert encode(value) == encode(decode(encode(value)))


@pytest.mark.parametrize("value", [REVISED, StepBatch(items=(StepItem(position=1, tenant_id=UUID(int=1),
    stream_id=UUID(int=2), version=1, event_id=UUID(int=3)),))], ids=["event", "message"])  # fmt: skip
def test_truncated_bytes_are_refused_at_every_cut(value):
    data = encode(value)
    for cut in range(len(data)):
        with pytest.raises(InvalidInput) as caught:
            decode(data[:cut])
        assert caught.value.reason == ("bad_magic" if cut < 5 else "avro")


@given(anything(), st.binary(min_size=1, max_size=5))
def test_bytes_after_the_end_are_refused(value, more):
    with pytest.raises(InvalidInput, match="bytes too many"):
        decode(encode(value) + more)


@given(st.integers(1, 17), st.binary(max_size=200))
def test_foreign_bytes_under_a_known_id_are_read_or_refused(schema_id, body):
    data = b"\0" + schema_id.to_bytes(4, "big") + body
    with suppress(InvalidInput):
        schema, record = decode_record(data)
        assert schema.id == schema_id
        assert set(record) == {field["name"] for field in schema.source["fields"]}


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\0\0\0", b'{"a": 1}', b"\x01\0\0\0\x01"])
def test_other_magic_is_no_wire_format(data):
    with pytest.raises(UnknownSchema, match="Confluent wire format") as caught:
        decode(data)
    assert caught.value.reason == "bad_magic"


@pytest.mark.parametrize("schema_id", [0, max(contracts()) + 1, 2**32 - 1])
def test_unknown_ids_are_refused(schema_id):
    with pytest.raises(UnknownSchema, match=f"schema id {schema_id} is not pinned"):
        decode(b"\0" + schema_id.to_bytes(4, "big") + b"body")


def test_error_of_unreadable_bytes_does_not_quote_them():
    with pytest.raises(InvalidInput) as caught:
        decode(encode(REVISED)[:-70])
    assert "rooms" not in str(caught.value)
    assert "review.revised v1" in str(caught.value)


def test_a_record_may_leave_out_what_has_a_default():
    stored = decode(encode_record("inbound.review", {"source": "s", "content": "c", "published_at": "2026-01-01"}))
    assert (stored.platform, stored.title, stored.rating, stored.metadata) == ("", None, None, {})


def test_a_record_without_a_needed_field_is_refused():
    with pytest.raises(ValueError, match="no value and no default"):
        encode_record("review.raw_stored", {"revision": 1, "stored_at": NOW})


def test_topic_without_contract_is_refused():
    with pytest.raises(UnknownSchema, match=r"no contract is named review\.lost"):
        encode_record("review.lost", {})


def test_times_keep_their_microseconds_and_come_back_in_utc():
    event = RawReviewStored(revision=1, raw_review_id="0" * 24, stored_at=NOW)
    assert decode(encode(event)).stored_at.isoformat() == "2026-02-03T04:05:06.789012+00:00"
