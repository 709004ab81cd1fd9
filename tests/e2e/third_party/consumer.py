"""A third party reads every topic, by docs/events.md alone: `consumer.py BROKER`, beside a copy of `schemas/`.

Checks what the page promises of value, key and headers, and prints one JSON object a message. Ends at the end of the topics.
"""

from __future__ import annotations

import functools
import io
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import fastavro
import fastavro.schema
from confluent_kafka import Consumer, KafkaError, Message

CARRIES = {
    "reviews.collected": "review.collected",
    "reviews.revised": "review.revised",
    "reviews.facts_corrected": "review.facts_corrected",
    "reviews.withdrawn": "review.withdrawn",
    "reviews.raw_stored": "review.raw_stored",
    "reviews.processed": "review.processed",
    "reviews.sentiment_analyzed": "review.sentiment_analyzed",
    "reviews.analytics_updated": "review.analytics_updated",
    "reviews.subscribers_notified": "review.subscribers_notified",
    "reviews.step_failed": "review.step_failed",
    "reviews.analytics_rolled_back": "review.analytics_rolled_back",
    "reviews.marked_for_retry": "review.marked_for_retry",
    "reviews.abandoned": "review.abandoned",
    "reviews.reprocessing_requested": "review.reprocessing_requested",
    "reviews.topics_assigned": "review.topics_assigned",
    "topic_models.fitted": "topic_model.fitted",
    "topic_models.edited": "topic_model.edited",
    "reviews.label_disputed": "review.label_disputed",
    "reviews.dispute_withdrawn": "review.dispute_withdrawn",
    "calibrations.changed": "calibration.changed",
    "alarms.raised": "alarm.raised",
    "alarms.closed": "alarm.closed",
    "reviews.inbound": "inbound.review",
    "reviews.notifications": "notification.review",
    "reviews.deadletter": "deadletter.message",
}


@functools.cache
def names() -> dict[int, str]:
    return {number: name for name, number in json.loads(Path("schemas/ids.json").read_text(encoding="utf-8")).items()}


@functools.cache
def schema_of(name: str) -> Any:
    return fastavro.schema.load_schema(f"schemas/avro/{name}.avsc")


def read(value: bytes) -> tuple[str, dict[str, Any]]:
    """The name of the contract with its version, and the record."""
    assert value[0] == 0
    name = names()[int.from_bytes(value[1:5], "big")]
    body = io.BytesIO(value[5:])
    record = fastavro.schemaless_reader(body, schema_of(name), None)
    assert not body.read(), "bytes after the end"
    return name, record


def checked(message: Message) -> dict[str, Any]:
    """What the message says, when it is as the page has it."""
    topic, key = message.topic(), message.key().decode()
    headers = {name: value.decode() for name, value in message.headers()}
    name, record = read(message.value())
    contract = name.rpartition(".v")[0]
    assert contract == CARRIES[topic]
    assert headers["content-type"] == "application/avro"
    assert headers["ce_specversion"] == "1.0"
    assert headers["ce_type"] == contract
    assert headers["ce_source"] == "/reviewstream"
    assert str(UUID(headers["ce_id"])) == headers["ce_id"]
    assert datetime.fromisoformat(headers["ce_time"]).tzinfo is not None
    if contract == "deadletter.message":
        assert key == headers["ce_id"] == record["dead_letter_id"]
        assert headers["ce_subject"] == (record["review_id"] or record["dead_letter_id"])
        assert headers["ce_tenantid"] == (record["tenant"] or "")
    elif contract == "notification.review":
        assert key == headers["ce_subject"] == record["review_id"]
        assert headers["ce_tenantid"] == record["tenant"]
        assert headers["ce_id"] == record["notification_id"]
    else:
        checked_event(key, headers)
    place = {"topic": topic, "partition": message.partition(), "key": key}
    return {**place, "headers": headers, "name": name, "record": record}


def checked_event(key: str, headers: dict[str, str]) -> None:
    assert datetime.strptime(headers["ce_time"], "%Y-%m-%dT%H:%M:%S.%f%z")
    assert len(headers["ce_time"]) == 27
    assert headers["ce_time"].endswith("Z")
    assert "ce_traceparent" not in headers
    assert key == headers["ce_subject"] == str(UUID(key))
    assert str(UUID(headers["ce_tenantid"])) == headers["ce_tenantid"]
    assert int(headers["ce_version"]) >= 1
    assert int(headers["ce_position"]) >= 1
    for name in ("ce_causationid", "ce_correlationid"):
        assert name not in headers or UUID(headers[name])


def sent(message: Message) -> dict[str, Any]:
    """A message that a publisher sent: nothing is promised of it."""
    headers = {name: (value or b"").decode("utf-8", "replace") for name, value in message.headers() or ()}
    return {"topic": message.topic(), "headers": headers, "size": len(message.value() or b"")}


def everything(broker: str) -> Iterator[dict[str, Any]]:
    """All messages of all topics as they are now."""
    consumer = Consumer({
        "bootstrap.servers": broker, "group.id": "a-stranger", "enable.auto.commit": False,
        "auto.offset.reset": "earliest", "enable.partition.eof": True,
    })  # fmt: skip
    wanted: set[tuple[str, int]] = set()
    consumer.subscribe(list(CARRIES), on_assign=lambda _, given: wanted.update((p.topic, p.partition) for p in given))
    ended: set[tuple[str, int]] = set()
    while not wanted or ended != wanted:
        message = consumer.poll(60)
        assert message is not None, f"nothing comes any more; still open: {sorted(wanted - ended)}"
        if message.error() is None:
            yield sent(message) if message.topic() == "reviews.inbound" else checked(message)
        else:
            assert message.error().code() == KafkaError._PARTITION_EOF, message.error()
            ended.add((message.topic(), message.partition()))
    consumer.close()


def main(broker: str) -> None:
    for one in everything(broker):
        print(json.dumps(one, default=str))


if __name__ == "__main__":
    main(*sys.argv[1:])
