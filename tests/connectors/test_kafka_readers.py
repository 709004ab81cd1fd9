"""Whether someone reads a topic is asked of the broker: members of the groups that have partitions of it."""

from __future__ import annotations

from uuid import uuid4

from confluent_kafka import Consumer

from connectors.kafka import client_config, create_topics
from connectors.kafka_progress import TopicProgress
from tests.waiting import until


def test_members_that_read_a_topic_are_counted_until_they_leave(kafka_bootstrap: str) -> None:
    name = uuid4().hex[:8]
    topic, other, group = f"read-{name}", f"unread-{name}", f"readers-{name}"
    create_topics(kafka_bootstrap, {topic: 2, other: 1})
    progress = TopicProgress(kafka_bootstrap, groups=group)
    assert progress.readers(topic) == 0
    consumer = Consumer({**client_config(kafka_bootstrap), "group.id": f"{group}-1"})
    try:
        consumer.subscribe([topic])
        until(lambda: consumer.poll(0.1) is None and len(consumer.assignment()) == 2, 60)
        until(lambda: (progress.readers(topic), progress.readers(other)) == (1, 0), 60)
        assert TopicProgress(kafka_bootstrap, groups=f"not-{group}").readers(topic) == 0
    finally:
        consumer.close()
    until(lambda: progress.readers(topic) == 0, 60)
