"""Kafka by confluent-kafka: a producer that waits for confirmations, topic creation, classification of errors."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, Producer, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic, OffsetSpec

from connectors.faults import Fault, Faults, by_code
from connectors.kafka_url import parse
from schemas.errors import PermanentError, ReviewstreamError, TransientError, Unavailable
from telemetry import failpoints

MAX_INBOUND = 4_000_000
MAX_MESSAGE = 5_000_000
"""Bytes. The inbound limit is smaller, so that a dead letter can hold the whole message and its reason."""

POLL_EVERY = 50
"""Messages between two polls for confirmations: a poll costs as much as sending a message."""

FAULTS = Faults(
    {KafkaException: Fault.TRANSIENT},
    by_code(
        {
            Fault.FATAL: (
                *(KafkaError._AUTHENTICATION, KafkaError.SASL_AUTHENTICATION_FAILED),  # noqa: SLF001 - public by documentation
                *(KafkaError.UNSUPPORTED_SASL_MECHANISM, KafkaError.TOPIC_AUTHORIZATION_FAILED),
                *(KafkaError.GROUP_AUTHORIZATION_FAILED, KafkaError.CLUSTER_AUTHORIZATION_FAILED),
            ),
            Fault.POISON: (
                *(KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_MSG, KafkaError.INVALID_RECORD),
                KafkaError.RECORD_LIST_TOO_LARGE,
            ),
        }
    ),
    lambda error: (error.args[0].code(),),
)

REPLICATION = -1
"""The broker's default."""

PERMANENTLY_REFUSED = frozenset({KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_RECORD, KafkaError.POLICY_VIOLATION})
"""Error codes for a message that the broker will never accept."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to send: partition None lets the key decide (murmur2, like Java clients)."""

    topic: str
    key: bytes | None
    value: bytes
    headers: Sequence[tuple[str, bytes]] = field(default=())
    partition: int | None = None


def bootstrap(url: str) -> str:
    """`host:port[,host:port]` of a URL; kafka_url.py has its forms."""
    return parse(url).servers


def client_config(url: str) -> dict[str, Any]:
    """What every client of this broker needs, with TLS and credentials; quiet, since our own logs report failures."""
    return {**parse(url).config(), "log_level": 0, "reconnect.backoff.max.ms": 1000}


class ConfirmingProducer:
    """Sends batches and returns when the broker has confirmed every message. Thread-safe.

    Idempotent and acks=all: within a partition, order is kept and retries create no duplicates.
    """

    def __init__(self, url: str, *, linger_ms: int = 2, timeout: float = 30.0) -> None:
        self._timeout = timeout
        self._lock = threading.Lock()
        self._producer = Producer(
            {
                **client_config(url),
                "enable.idempotence": True,
                "linger.ms": linger_ms,
                "message.max.bytes": MAX_MESSAGE,
                "message.timeout.ms": int(timeout * 1000),
                "partitioner": "murmur2_random",
                "compression.type": "none",  # lz4 stops Faust's consumer; local disks and sockets are fast
                "queue.buffering.max.messages": 200_000,
            }
        )

    def send(self, messages: Iterable[Outgoing]) -> dict[tuple[str, int], int]:
        """Send and wait for all confirmations; the last offset by topic and partition.

        Raises TransientError when any confirmation is missing, PermanentError for a message that is too large.
        """
        pending = _Pending()
        with self._flushing():
            for message in messages:
                self._produce(message, pending)
        pending.check()
        return pending.offsets

    def send_each(self, messages: Iterable[Outgoing]) -> list[ReviewstreamError | None]:
        """Send and wait for all; of each, in order, None when it was confirmed, or what `send` would raise for it alone."""
        sent: list[_Pending | PermanentError] = []
        with self._flushing():
            for number, message in enumerate(messages, 1):
                sent.append(self._handed_over(message))
                if number % POLL_EVERY == 0:
                    self._producer.poll(0)
        return [each.problem() if isinstance(each, _Pending) else each for each in sent]

    @contextmanager
    def _flushing(self) -> Iterator[None]:
        """What is handed over within has been confirmed or refused afterwards, however it ends."""
        with self._lock:
            failpoints.hit("producer.before_send")
            try:
                yield
                failpoints.hit("producer.unconfirmed")
            finally:
                self._producer.flush(self._timeout + 1)

    def _handed_over(self, message: Outgoing) -> _Pending | PermanentError:
        pending = _Pending()
        try:
            self._produce(message, pending)
        except PermanentError as error:
            return error
        return pending

    def _produce(self, message: Outgoing, pending: _Pending) -> None:
        extra: dict[str, Any] = {} if message.partition is None else {"partition": message.partition}
        while True:
            try:
                self._producer.produce(
                    message.topic,
                    key=message.key,
                    value=message.value,
                    headers=list(message.headers),
                    on_delivery=pending.delivered,
                    **extra,
                )
            except BufferError:
                self._producer.poll(0.1)  # the local queue is full: let deliveries drain it
            except KafkaException as error:
                reason = error.args[0].name()
                raise PermanentError(f"Kafka refuses a message of {len(message.value)} bytes: {reason}") from error
            else:
                pending.sent += 1
                if pending.sent % POLL_EVERY == 0:
                    self._producer.poll(0)
                return


@dataclass(slots=True)
class _Pending:
    sent: int = 0
    confirmed: int = 0
    error: KafkaError | None = None
    offsets: dict[tuple[str, int], int] = field(default_factory=dict)

    def delivered(self, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            # Transient errors win: a batch that lacks other confirmations, too, is retried as a whole.
            if self.error is None or self.error.code() in PERMANENTLY_REFUSED:
                self.error = error
            return
        self.confirmed += 1
        place = (str(message.topic()), int(message.partition() or 0))
        self.offsets[place] = max(self.offsets.get(place, -1), int(message.offset() or 0))

    def check(self) -> None:
        problem = self.problem()
        if problem is not None:
            raise problem

    def problem(self) -> ReviewstreamError | None:
        if self.error is not None and self.error.code() in PERMANENTLY_REFUSED:
            return PermanentError(f"Kafka refuses a message: {self.error.name()}")
        if self.error is None and self.confirmed == self.sent:
            return None
        reason = self.error.name() if self.error else "no confirmation in time"
        return _meaning(self.error)(f"Kafka confirmed {self.confirmed} of {self.sent} messages: {reason}")


def _meaning(error: KafkaError | None) -> type[ReviewstreamError]:
    fault = FAULTS.of(KafkaException(error)) if error else Fault.TRANSIENT
    return {Fault.FATAL: Unavailable, Fault.POISON: PermanentError}.get(fault or Fault.TRANSIENT, TransientError)


def create_topics(
    url: str, topics: Mapping[str, int], *, config: Mapping[str, str] | None = None, timeout: float = 30.0
) -> None:
    """Create topics with that many partitions each; existing ones are left as they are."""
    admin = AdminClient(client_config(url))
    wanted = [NewTopic(name, partitions, REPLICATION, config=dict(config or {})) for name, partitions in topics.items()]
    for name, future in admin.create_topics(wanted, operation_timeout=timeout, request_timeout=timeout).items():
        _ignore_existing(name, future)


def _ignore_existing(name: str, future: Any) -> None:
    try:
        future.result()
    except KafkaException as error:
        if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise TransientError(f"topic {name} could not be created: {error.args[0].name()}") from error


@dataclass(frozen=True, slots=True)
class TopicInfo:
    """A topic. `id` is Kafka's own: a topic that is deleted and recreated under its name gets another."""

    id: str
    partitions: int


def describe(url: str, topic: str, *, timeout: float = 10.0) -> TopicInfo:
    """The topic of that name. Raises Unavailable when there is none, TransientError without an answer."""
    admin = AdminClient(client_config(url))
    try:
        asked = admin.describe_topics(TopicCollection([topic]), request_timeout=timeout)[topic]
        found = asked.result(timeout + 1)
    except KafkaException as error:
        if error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            raise Unavailable(f"there is no topic {topic}: `reviewstream setup` creates what is missing") from error
        raise TransientError(f"Kafka did not describe {topic}: {error.args[0].name()}") from error
    return TopicInfo(str(found.topic_id), len(found.partitions))


def topic_ids(url: str, topics: Collection[str], *, timeout: float = 10.0) -> dict[str, str]:
    """Kafka's own id of each of these topics that is there. Raises TransientError when the broker does not answer."""
    admin = AdminClient(client_config(url))
    try:
        asked = admin.describe_topics(TopicCollection(list(topics)), request_timeout=timeout)
    except KafkaException as error:
        raise TransientError(f"Kafka did not describe its topics: {error.args[0].name()}") from error
    found = {}
    for name, future in asked.items():
        try:
            found[name] = str(future.result(timeout + 1).topic_id)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise TransientError(f"Kafka did not describe {name}: {error.args[0].name()}") from error
    return found


def partitions(url: str, *, timeout: float = 10.0) -> dict[str, int]:
    """How many partitions each topic has. Raises TransientError when the broker does not answer."""
    admin = AdminClient(client_config(url))
    try:
        return {name: len(each.partitions) for name, each in admin.list_topics(timeout=timeout).topics.items()}
    except KafkaException as error:
        raise TransientError(f"Kafka did not list its topics: {error.args[0].name()}") from error


def end_offsets(url: str, topic: str, *, timeout: float = 10.0) -> dict[int, int]:
    """The next offset of each partition. Raises TransientError when the broker does not answer."""
    admin = AdminClient(client_config(url))
    try:
        metadata = admin.list_topics(topic, timeout=timeout).topics[topic]
        asked = {TopicPartition(topic, partition): OffsetSpec.latest() for partition in metadata.partitions}
        answers = admin.list_offsets(asked, request_timeout=timeout)
        return {place.partition: future.result().offset for place, future in answers.items()}
    except KafkaException as error:
        raise TransientError(f"Kafka did not report the end offsets of {topic}: {error.args[0].name()}") from error
