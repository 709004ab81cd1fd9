"""Checks with the workers' own URL that a server accepts our login."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

SECONDS = 3.0


def ping(system: str, url: str) -> None:
    """Connect, authenticate, send one request, disconnect. Raises the driver's errors, within a few seconds."""
    _PING[system](url)


def _postgres(url: str) -> None:
    import psycopg

    psycopg.connect(url, connect_timeout=int(SECONDS), application_name="reviewstream/doctor").close()


def _kafka(url: str) -> None:
    from connectors import kafka_connection

    kafka_connection.connect(url, timeout=SECONDS)


def _mongo(url: str) -> None:
    from connectors import mongo

    client: Any = mongo.connect(url, timeout=SECONDS)
    try:
        client.admin.command("ping")
    finally:
        client.close()


def _clickhouse(url: str) -> None:
    from connectors import clickhouse

    client = clickhouse.connect(url, timeout=SECONDS)
    try:
        client.execute("SELECT 1")
    finally:
        client.disconnect()


def _redis(url: str) -> None:
    from connectors import redis

    client = redis.connect(url, timeout=SECONDS)
    try:
        client.ping()
    finally:
        client.close()


_PING: Mapping[str, Callable[[str], None]] = {
    "postgres": _postgres,
    "kafka": _kafka,
    "mongo": _mongo,
    "clickhouse": _clickhouse,
    "redis": _redis,
}
