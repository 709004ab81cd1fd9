"""Kafka as a child process."""

from __future__ import annotations

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from embedded.kafka import Kafka


def test_message_of_four_megabytes_comes_back(kafka: Kafka) -> None:
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    admin.create_topics([NewTopic("big", 1)])["big"].result(10)
    payload = b"x" * 4_000_000
    producer = Producer({"bootstrap.servers": kafka.bootstrap, "message.max.bytes": 5_242_880, "acks": "all"})
    producer.produce("big", payload)
    assert producer.flush(20) == 0
    consumer = Consumer({"bootstrap.servers": kafka.bootstrap, "group.id": "big"})
    consumer.assign([TopicPartition("big", 0, 0)])
    message = consumer.poll(20)
    consumer.close()
    assert message is not None
    assert message.value() == payload


def test_topics_are_not_made_by_a_misspelt_name(kafka: Kafka) -> None:
    producer = Producer({"bootstrap.servers": kafka.bootstrap, "message.timeout.ms": 1000})
    errors = []
    producer.produce("misspelt", b"x", on_delivery=lambda error, _: errors.append(error))
    producer.flush(10)
    assert errors[0] is not None
    assert "misspelt" not in AdminClient({"bootstrap.servers": kafka.bootstrap}).list_topics(timeout=5).topics
