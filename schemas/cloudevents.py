"""CloudEvents 1.0 on Kafka: the headers we write, and the forms that inbound messages may have.

Forms: binary mode with JSON or Avro (Confluent wire format), structured JSON, and JSON batch. A message without a value
is a tombstone: it deletes the review that its headers or its key name.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from schemas import strictjson
from schemas.codec import decode_record, schema_of
from schemas.errors import InvalidInput, UnknownSchema
from schemas.foreign import Foreign
from schemas.tombstones import DELETED_TYPE, is_tombstone, tombstone

SPEC = "1.0"
SOURCE = "/reviewstream"
INBOUND_TYPE = "review.submitted"
AVRO = "application/avro"
JSON = "application/json"
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
AVRO_TYPES = {AVRO, "avro/binary", "application/vnd.confluent.avro"}
REQUIRED = ("specversion", "id", "source", "type")


@dataclass(frozen=True, slots=True)
class InboundItem:
    """One event of an inbound message: its attributes and its data, or the problem that prevented reading it.

    `index` counts within a batch message, of which `event` is this item's part. Attributes never contain a NUL character.
    """

    index: int
    attributes: Mapping[str, str]
    data: Mapping[str, Any] | None
    problem: InvalidInput | None
    message: bytes
    event: Any = None

    @property
    def deletes(self) -> bool:
        """Whether it says that its source deleted a review, of which `data` names source and external id."""
        return self.attributes.get("type") == DELETED_TYPE

    @property
    def raw(self) -> bytes:
        """The bytes for a dead letter: the message, or for a batch a batch of this one event, which can be replayed."""
        if self.event is None:
            return self.message
        try:
            return json.dumps([self.event]).encode()
        except RecursionError:  # parsed within the limit, but too deep to serialise again
            return self.message


def headers(
    event_id: UUID,
    event_type: str,
    *,
    subject: str,
    time: datetime,
    tenant: str,
    content_type: str = AVRO,
    extensions: Mapping[str, str] | None = None,
) -> list[tuple[str, bytes]]:
    """Kafka headers of a binary-mode CloudEvent. Extension names are lower-case letters and digits."""
    return [
        *constant_headers(event_type, content_type),
        ("ce_id", str(event_id).encode()),
        ("ce_subject", subject.encode()),
        ("ce_time", time.isoformat().encode()),
        ("ce_tenantid", tenant.encode()),
        *((f"ce_{name}", value.encode()) for name, value in (extensions or {}).items()),
    ]


@cache
def constant_headers(event_type: str, content_type: str = AVRO) -> tuple[tuple[str, bytes], ...]:
    """The headers that all events of a type share."""
    return (
        ("content-type", content_type.encode()),
        ("ce_source", SOURCE.encode()),
        ("ce_specversion", SPEC.encode()),
        ("ce_type", event_type.encode()),
    )


def parse(
    message_headers: Iterable[tuple[str, bytes]],
    value: bytes | None,
    foreign: Foreign | None = None,
    *,
    key: bytes | None = None,
) -> list[InboundItem]:
    """The events of one inbound message: what cannot be read is returned as a problem.

    `key` is read of a tombstone only. `foreign` reads Avro whose schema is not one of ours; only it raises, TransientError when its registry does not answer.
    """
    try:
        return _items(message_headers, value, key, foreign)
    except RecursionError:  # parsed within the limit, but too deep to serialise again
        problem = InvalidInput("nested too deeply; at most some hundred levels", reason="nesting")
        return [InboundItem(0, {}, None, problem, value or b"")]


def _items(
    message_headers: Iterable[tuple[str, bytes]], value: bytes | None, key: bytes | None, foreign: Foreign | None
) -> list[InboundItem]:
    attributes, content_type = _attributes(message_headers)
    raw = value or b""
    if "problem" in attributes:
        # A publisher read a file and not this row, or a value in it: the row is kept with the reason.
        field = attributes.get("problemfield", "row")[:40]
        problem = InvalidInput(attributes["problem"], field=field, reason="unreadable_row")
        return [InboundItem(0, attributes, None, problem, raw)]
    if is_tombstone(value, attributes):
        named, data, wrong = tombstone(attributes, key)
        return [InboundItem(0, named, data, wrong, raw)]
    try:
        if content_type == BATCH:
            return _batch(raw)
        if content_type == STRUCTURED:
            return [_structured(0, strictjson.loads(raw), raw)]
        data = _body(content_type, raw, foreign)
    except InvalidInput as problem:
        return [InboundItem(0, attributes, None, problem, raw)]
    return [_checked(0, attributes, data, raw)]


def _attributes(message_headers: Iterable[tuple[str, bytes]]) -> tuple[dict[str, str], str]:
    found = {name.lower(): (value or b"").decode("utf-8", "replace") for name, value in message_headers}
    content_type = found.get("content-type", JSON).partition(";")[0].strip().lower()
    attributes = {name[3:]: _storable(value) for name, value in found.items() if name.startswith("ce_")}
    # Tracers use a header of their own; it is equivalent to the event's extension.
    bare = {"traceparent": found["traceparent"]} if "traceparent" in found else {}
    return bare | attributes, content_type


def _storable(text: str) -> str:
    """Attributes are used in queries and counts even when their event is rejected: they must be storable."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _body(content_type: str, raw: bytes, foreign: Foreign | None) -> Any:
    if content_type in AVRO_TYPES:
        return _avro(raw, foreign)
    if content_type == JSON:
        return strictjson.loads(raw)
    raise InvalidInput(
        f"content type is not one of {JSON}, {AVRO}, {STRUCTURED}, {BATCH}",
        field="content-type",
        reason="content_type",
    )


def _avro(raw: bytes, foreign: Foreign | None) -> Any:
    try:
        schema = schema_of(raw)
    except UnknownSchema as unknown:
        if foreign is None or unknown.reason != "unknown_schema":
            raise
        return foreign.read(raw)
    if schema.topic != "inbound.review":
        raise InvalidInput(f"schema {schema.topic} is not inbound.review", field="value", reason="wrong_schema")
    return decode_record(raw)[1]


def _batch(raw: bytes) -> list[InboundItem]:
    events = strictjson.loads(raw)
    if not isinstance(events, list):
        raise InvalidInput("a JSON batch is an array of events", reason="envelope")
    if not events:
        raise InvalidInput("the JSON batch is empty", reason="envelope")
    return [replace(_structured(index, event, raw), event=event) for index, event in enumerate(events)]


def _structured(index: int, event: Any, raw: bytes) -> InboundItem:
    if not isinstance(event, dict):
        return InboundItem(index, {}, None, InvalidInput("an event is a JSON object", reason="envelope"), raw)
    attributes = _structured_attributes(event)
    try:
        data = _base64(event["data_base64"]) if "data_base64" in event else event.get("data")
    except InvalidInput as problem:
        return InboundItem(index, attributes, None, problem, raw)
    return _checked(index, attributes, data, raw)


def _structured_attributes(event: Mapping[str, Any]) -> dict[str, str]:
    """As text, like headers. Extensions may also be true, false or integers; anything else is left out."""
    given = {name: value for name, value in event.items() if name not in {"data", "data_base64"}}
    texts = {name: _storable(value) for name, value in given.items() if isinstance(value, str)}
    others = {name: json.dumps(value) for name, value in given.items() if isinstance(value, int)}
    return texts | {name: value for name, value in others.items() if name not in REQUIRED}


def _base64(text: Any) -> Any:
    try:
        decoded = base64.b64decode(str(text), validate=True)
    except ValueError:
        raise InvalidInput("data_base64 is not base64", field="data_base64", reason="encoding") from None
    return strictjson.loads(decoded)


def _checked(index: int, attributes: Mapping[str, str], data: Any, raw: bytes) -> InboundItem:
    problem = _envelope_problem(attributes)
    if problem is None and not isinstance(data, dict):
        problem = InvalidInput(
            "the event's data is a JSON object with the review's fields", field="data", reason="data"
        )
    return InboundItem(index, attributes, data if problem is None else None, problem, raw)


def _envelope_problem(attributes: Mapping[str, str]) -> InvalidInput | None:
    for name in REQUIRED:
        if not attributes.get(name):
            return InvalidInput(f"CloudEvents attribute {name} is missing or no text", field=name, reason="envelope")
    if attributes["specversion"] != SPEC:
        return InvalidInput(f"CloudEvents specversion must be {SPEC}", field="specversion", reason="envelope")
    if attributes["type"] not in {INBOUND_TYPE, DELETED_TYPE}:
        return InvalidInput(
            f"CloudEvents type must be {INBOUND_TYPE} or {DELETED_TYPE}", field="type", reason="unknown_type"
        )
    return None
