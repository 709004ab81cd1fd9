"""Counts what Debezium published, with an independent consumer."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from uuid import uuid4

from confluent_kafka import Consumer, TopicPartition

from connectors.kafka import client_config, end_offsets
from connectors.wait import TimedOut, wait_until

PATIENCE = 30.0


def events_published(kafka_url: str, topics: Iterable[str], *, want: int) -> int:
    """How many distinct events are in these topics, as soon as it is `want`, or after PATIENCE seconds."""
    own = {"group.id": f"demo-{uuid4().hex}", "enable.auto.commit": False, "isolation.level": "read_committed"}
    consumer = Consumer({**client_config(kafka_url), **own})
    consumer.assign([TopicPartition(topic, each, 0) for topic in topics for each in end_offsets(kafka_url, topic)])
    seen: set[bytes] = set()

    def all_seen() -> bool:
        message = consumer.poll(0.2)
        if message is not None and message.error() is None:
            seen.add(dict(message.headers() or ())["ce_id"])
        return len(seen) >= want

    with suppress(TimedOut):
        wait_until(all_seen, PATIENCE, what="the public topics", every=0)
    consumer.close()
    return len(seen)
