"""Connecting to a broker: librdkafka reports only to its error callback why it is refused."""

from __future__ import annotations

from collections.abc import Sequence

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from connectors.kafka import client_config
from connectors.wait import TimedOut, wait_until
from schemas.errors import TransientError, Unavailable

PERMANENT = frozenset({KafkaError._SSL, KafkaError._AUTHENTICATION})  # noqa: SLF001 - public by documentation
ASK_EVERY = 0.5


def connect(url: str, *, timeout: float) -> AdminClient:
    """An admin client that the broker has accepted.

    Raises Unavailable with the broker's reason when it refuses us, TransientError when it does not answer in `timeout` s.
    """
    heard: list[KafkaError] = []
    try:
        admin = AdminClient({**client_config(url), "error_cb": heard.append})
    except KafkaException as error:
        raise Unavailable(f"Kafka's client: {error.args[0].str()}") from None
    try:
        wait_until(lambda: _answers(admin, heard), timeout, what="Kafka", every=0)
    except TimedOut as late:
        said = _without_address(heard[0]) if heard else "silence"
        raise TransientError(f"Kafka does not answer: {said} ({late})") from None
    return admin


def _answers(admin: AdminClient, heard: Sequence[KafkaError]) -> bool:
    """Raises Unavailable once the broker has refused us."""
    try:
        admin.list_topics(timeout=ASK_EVERY)
    except KafkaException:
        admin.poll(0)
        if refused := next((error for error in heard if error.code() in PERMANENT or _no_tls(error)), None):
            raise Unavailable(f"Kafka: {_without_address(refused)}") from None
        return False
    return True


def _no_tls(error: KafkaError) -> bool:
    return "SSL" in error.str()


def _without_address(error: KafkaError) -> str:
    return str(error.str()).rpartition("/bootstrap: ")[2]
