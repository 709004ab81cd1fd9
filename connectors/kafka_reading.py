"""Reads a range of a topic once, as a third party: no group, no commit."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from uuid import uuid4

from confluent_kafka import Consumer, Message, TopicPartition

from connectors.kafka import client_config


def messages_between(
    url: str, topic: str, starts: Mapping[int, int], ends: Mapping[int, int], *, seconds: float
) -> Iterator[Message]:
    """The messages from `starts` on and before `ends`, by partition; for at most so many seconds.

    A caller counts what came, to know whether that was all: offsets may have gaps.
    """
    ranges = {one: (starts.get(one, 0), end) for one, end in ends.items() if starts.get(one, 0) < end}
    if not ranges:
        return
    own = {"group.id": f"reviewstream-look-{uuid4().hex}", "enable.auto.commit": False, "enable.partition.eof": False}
    deadline = time.monotonic() + seconds
    with closing(Consumer({**client_config(url), **own, "auto.offset.reset": "earliest"})) as consumer:
        consumer.assign([TopicPartition(topic, one, start) for one, (start, _) in ranges.items()])
        open_ones = set(ranges)
        while open_ones and time.monotonic() < deadline:
            message = consumer.poll(0.2)
            if message is None:
                open_ones -= {
                    each.partition
                    for each in consumer.position([TopicPartition(topic, one) for one in open_ones])
                    if each.offset >= ranges[each.partition][1]
                }
                continue
            if message.error() is not None:
                continue
            partition, offset = int(message.partition() or 0), int(message.offset() or 0)
            if offset < ranges[partition][1]:
                yield message
            if offset + 1 >= ranges[partition][1]:
                open_ones.discard(partition)
