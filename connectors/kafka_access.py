"""Connecting to a broker: librdkafka reports only to its error callback why it is refused."""

from __future__ import annotations

import time

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from connectors.kafka import client_config
from schemas.errors import TransientError, Unavailable

PERMANENT = frozenset({KafkaError._SSL, KafkaError._AUTHENTICATION})  # noqa: SLF001 - public by documentation
ASK_EVERY = 0.5


def enter(url: str, *, timeout: float) -> AdminClient:
    """An admin client that the broker has accepted.

    Raises Unavailable with the broker's reason when it refuses us, TransientError when it does not answer in `timeout` s.
    """
    errors: list[KafkaError] = []
    try:
        admin = AdminClient({**client_config(url), "error_cb": errors.append})
    except KafkaException as error:
        raise Unavailable(f"Kafka's client: {error.args[0].str()}") from None
    until = time.monotonic() + timeout
    while not _answers(admin):
        admin.poll(0)
        if refused := next((error for error in errors if error.code() in PERMANENT or _no_tls(error)), None):
            raise Unavailable(f"Kafka: {_without_address(refused)}")
        if time.monotonic() > until:
            raise TransientError(f"Kafka does not answer: {_without_address(errors[0]) if errors else 'silence'}")
    return admin


def _answers(admin: AdminClient) -> bool:
    try:
        admin.list_topics(timeout=ASK_EVERY)
    except KafkaException:
        return False
    return True


def _no_tls(error: KafkaError) -> bool:
    return "SSL" in error.str()


def _without_address(error: KafkaError) -> str:
    return str(error.str()).rpartition("/bootstrap: ")[2]
