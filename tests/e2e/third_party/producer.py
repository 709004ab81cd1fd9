"""A third party publishes reviews, by docs/publishing.md and docs/events.md alone: `producer.py BROKER TENANT first|again|changed`.

Works beside a copy of `schemas/`. Every review is sent in another of the four forms.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import fastavro
import fastavro.schema
from confluent_kafka import Producer

TOPIC = "reviews.inbound"
JSON, AVRO = "application/json", "application/avro"
STRUCTURED, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
Sent = tuple[str, str, dict[str, str], bytes | None]


def review(external_id: str, content: str, rating: float | None) -> dict[str, Any]:
    return {
        "source": "stranger",
        "external_id": external_id,
        "content": content,
        "rating": rating,
        "published_at": "2026-03-01",
        "metadata": {"sent by": "a stranger"},
    }


def attributes(tenant: str) -> dict[str, str]:
    return {
        "specversion": "1.0",
        "type": "review.submitted",
        "id": str(uuid4()),
        "source": "/strangers/shop",
        "tenantid": tenant,
    }


def as_json(data: dict[str, Any]) -> bytes:
    return json.dumps(data).encode()


def as_avro(data: dict[str, Any]) -> bytes:
    name = "inbound.review.v2"
    number = json.loads(Path("schemas/ids.json").read_text(encoding="utf-8"))[name]
    body = io.BytesIO()
    fastavro.schemaless_writer(body, fastavro.schema.load_schema(f"schemas/avro/{name}.avsc"), data)
    return b"\0" + number.to_bytes(4, "big") + body.getvalue()


def binary(tenant: str, content_type: str, data: dict[str, Any]) -> Sent:
    headers = {f"ce_{name}": value for name, value in attributes(tenant).items()}
    value = as_avro(data) if content_type == AVRO else as_json(data)
    return data["external_id"], content_type, headers, value


def first(tenant: str) -> Iterator[Sent]:
    """The key, the content type, the other headers and the value of each message."""
    yield binary(tenant, JSON, review("json", "Lovely rooms in Utrecht, wonderful staff.", 5))
    yield binary(tenant, AVRO, review("avro", "Horrible noise and a dirty bath.", 1.0))
    event = {**attributes(tenant), "data": review("structured", "It was fine.", 3)}
    yield "structured", STRUCTURED, {}, as_json(event)
    batch = [{**attributes(tenant), "data": review(f"batch-{n}", f"Visit number {n} was good.", 4)} for n in (1, 2)]
    yield "batch", BATCH, {}, json.dumps(batch).encode()
    yield binary(tenant, JSON, review("wrong", "Good.", 99))
    yield binary(f"nobody-{tenant}", AVRO, review("nobody", "Good.", 4.0))


def again(tenant: str) -> Iterator[Sent]:
    yield binary(tenant, AVRO, review("json", "Lovely rooms in Utrecht, but rude staff this time.", 2.0))  # an edit
    yield binary(tenant, JSON, review("avro", "Horrible noise and a dirty bath.", 1))  # again, in another form


def changed(tenant: str) -> Iterator[Sent]:
    """Other facts around the same words, and a deletion."""
    yield binary(tenant, JSON, {**review("structured", "It was fine.", 3), "published_at": "2026-03-02"})
    yield "avro", JSON, {"ce_tenantid": tenant, "ce_reviewsource": "stranger", "ce_externalid": "avro"}, None


def main(broker: str, tenant: str, what: str) -> None:
    producer = Producer({"bootstrap.servers": broker, "enable.idempotence": True})
    refused: list[Any] = []
    for key, content_type, headers, value in {"first": first, "again": again, "changed": changed}[what](tenant):
        given = [("content-type", content_type), *headers.items()]
        producer.produce(TOPIC, value, key, headers=given, on_delivery=lambda error, _: error and refused.append(error))
    assert producer.flush(30) == 0
    assert not refused, refused


if __name__ == "__main__":
    main(*sys.argv[1:])
