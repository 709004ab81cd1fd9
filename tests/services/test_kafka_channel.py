"""Notifications on a real broker."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from confluent_kafka import Consumer, Message, TopicPartition

from connectors.kafka import MAX_MESSAGE, ConfirmingProducer, create_topics
from schemas.codec import decode
from schemas.messages import Notification
from services.notifications.channel import Channel, Delivered, GivenUp, RetryLater, Traced
from services.notifications.kafka import KafkaChannel

NOW = datetime(2026, 2, 3, 4, 5, 6, 789012, tzinfo=UTC)


def notification(review_id: str, revision: int = 1) -> Notification:
    return Notification(
        notification_id=str(uuid4()),
        tenant="acme",
        review_id=review_id,
        revision=revision,
        rule="rating<=2",
        source="blue-harbour",
        external_id="r-1",
        rating=1.5,
        label="negative",
        score=-0.75,
        occurred_at=NOW,
    )


@pytest.fixture
def topic(kafka_bootstrap: str) -> str:
    """A topic of three partitions for this test."""
    name = f"notifications-{uuid4().hex}"
    create_topics(kafka_bootstrap, {name: 3})
    return name


@pytest.fixture
def consumer(kafka_bootstrap: str) -> Iterator[Consumer]:
    made = Consumer({"bootstrap.servers": kafka_bootstrap, "group.id": uuid4().hex, "enable.auto.commit": False})
    yield made
    made.close()


def read(consumer: Consumer, topic: str, count: int) -> list[Message]:
    """The first `count` messages of the topic."""
    consumer.assign([TopicPartition(topic, partition, 0) for partition in range(3)])
    found: list[Message] = []
    while len(found) < count:
        message = consumer.poll(20)
        assert message is not None, f"{len(found)} of {count} messages came"
        assert message.error() is None
        found.append(message)
    assert consumer.poll(0.2) is None
    return found


def test_what_is_delivered_can_be_read_by_anybody(kafka_bootstrap: str, topic: str, consumer: Consumer):
    sent = [notification(str(uuid4())) for _ in range(5)]
    channel: Channel = KafkaChannel(ConfirmingProducer(kafka_bootstrap), topic)
    assert channel.deliver(sent) == [Delivered()] * 5
    found = {message.key().decode(): message for message in read(consumer, topic, len(sent))}
    assert found.keys() == {each.review_id for each in sent}
    for each in sent:
        message = found[each.review_id]
        assert decode(message.value()) == each
        assert dict(message.headers()) == {
            "content-type": b"application/avro",
            "ce_id": each.notification_id.encode(),
            "ce_source": b"/reviewstream",
            "ce_specversion": b"1.0",
            "ce_type": b"notification.review",
            "ce_subject": each.review_id.encode(),
            "ce_time": b"2026-02-03T04:05:06.789012+00:00",
            "ce_tenantid": b"acme",
        }


def test_the_trace_travels_beside_the_contract(kafka_bootstrap: str, topic: str, consumer: Consumer):
    plain, parent = notification(str(uuid4())), f"00-{'a' * 32}-{'b' * 16}-01"
    KafkaChannel(ConfirmingProducer(kafka_bootstrap), topic).deliver([Traced(**asdict(plain), traceparent=parent)])
    (message,) = read(consumer, topic, 1)
    assert dict(message.headers())["ce_traceparent"] == parent.encode()
    assert decode(message.value()) == plain


def test_notifications_of_a_review_keep_their_order(kafka_bootstrap: str, topic: str, consumer: Consumer):
    review = str(uuid4())
    KafkaChannel(ConfirmingProducer(kafka_bootstrap), topic).deliver([notification(review, n) for n in range(1, 20)])
    found = read(consumer, topic, 19)
    assert len({message.partition() for message in found}) == 1
    assert [decode(message.value()).revision for message in found] == list(range(1, 20))


def test_telling_nobody_is_fine(kafka_bootstrap: str, topic: str):
    assert KafkaChannel(ConfirmingProducer(kafka_bootstrap), topic).deliver([]) == []


def test_what_is_not_confirmed_may_be_tried_again(kafka_bootstrap: str):
    channel = KafkaChannel(ConfirmingProducer(kafka_bootstrap, timeout=2), "no-such-topic")
    (found,) = channel.deliver([notification(str(uuid4()))])
    assert isinstance(found, RetryLater)
    assert (found.reason, "confirmed 0 of 1" in found.text) == ("unavailable", True)


def test_a_broker_that_is_away_is_transient_for_all():
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        channel = KafkaChannel(ConfirmingProducer(f"127.0.0.1:{nobody.getsockname()[1]}", timeout=1), "anything")
        found = channel.deliver([notification(str(uuid4())) for _ in range(3)])
    assert [getattr(each, "reason", "delivered") for each in found] == ["unavailable"] * 3


def test_one_that_kafka_refuses_for_good_is_given_up_and_the_others_go_through(
    kafka_bootstrap: str, consumer: Consumer
):
    name = f"narrow-{uuid4().hex}"
    create_topics(kafka_bootstrap, {name: 3}, config={"max.message.bytes": "2000"})
    sent = [notification(str(uuid4())) for _ in range(5)]
    sent[2] = replace(sent[2], external_id="x" * 3000)
    sent[4] = replace(sent[4], external_id="x" * (MAX_MESSAGE + 1))
    found = KafkaChannel(ConfirmingProducer(kafka_bootstrap), name).deliver(sent)
    assert [type(each) for each in found] == [Delivered, Delivered, GivenUp, Delivered, GivenUp]
    assert all("xxx" not in each.text for each in found if isinstance(each, GivenUp))
    came = {decode(message.value()).notification_id for message in read(consumer, name, 3)}
    assert came == {each.notification_id for each in (sent[0], sent[1], sent[3])}
