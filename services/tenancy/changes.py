"""Keeps the directory fresh by captured changes: `cdc.tenancy.tenants`, where change data capture runs."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from connectors.kafka import client_config, end_offsets
from schemas.errors import TransientError
from services.tenancy.directory import TenantDirectory

log = structlog.get_logger(__name__)
TOPIC = "cdc.tenancy.tenants"
RETRY_SECONDS = 2.0
"""Seconds until the next attempt when the topic is missing or the broker does not answer."""


class TenantChanges:
    """Consumes the topic from now on. The directory's own time limit still holds, for installations without capture."""

    def __init__(self, kafka_url: str, directory: TenantDirectory, *, topic: str = TOPIC) -> None:
        self._url, self._directory, self._topic = kafka_url, directory, topic
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tenant-changes", daemon=True)

    def start(self) -> None:
        """Consume in the background, until `stop` or the end of the process."""
        self._thread.start()

    def stop(self) -> None:
        """Stop; returns when the thread has ended."""
        self._stopping.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._consume(end_offsets(self._url, self._topic))
            except (KafkaException, TransientError) as error:
                log.warning("tenant_changes.retrying", topic=self._topic, error_type=type(error).__name__)
            self._stopping.wait(RETRY_SECONDS)

    def _consume(self, begin: dict[int, int]) -> None:
        if not begin:  # nothing is captured yet
            return
        with self._consumer() as consumer:
            consumer.assign([TopicPartition(self._topic, partition, offset) for partition, offset in begin.items()])
            self._directory.forget()  # what changed before we subscribed
            while not self._stopping.is_set():
                message = consumer.poll(0.2)
                if message is not None:
                    self._take(message)

    @contextmanager
    def _consumer(self) -> Iterator[Consumer]:
        own = {"group.id": f"tenant-changes-{uuid4().hex}", "enable.auto.commit": False, "fetch.wait.max.ms": 100}
        consumer = Consumer({**client_config(self._url), **own, "isolation.level": "read_committed"})
        try:
            yield consumer
        finally:
            consumer.close()

    def _take(self, message: Message) -> None:
        if (problem := message.error()) is not None:
            if problem.code() in {KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError.OFFSET_OUT_OF_RANGE} or problem.fatal():
                raise KafkaException(problem)
            return  # the client retries by itself
        self._directory.forget_tenant(*_names(message))


def _names(message: Message) -> set[str]:
    """The id, and the slugs before and after. Nothing else of the message is trusted: a foreign message's names match no tenant."""
    found = {(message.key() or b"").decode("utf-8", "replace")}
    try:
        change = json.loads(message.value() or b"{}")
        found |= {change[side]["slug"] for side in ("before", "after") if change.get(side)}
    except (ValueError, KeyError, TypeError, AttributeError):
        log.warning("tenant_changes.unreadable", topic=message.topic())
    return {name for name in found if isinstance(name, str)}
