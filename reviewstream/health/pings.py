"""A ping for each server: over its own protocol, on a separate connection, so that no busy pool delays it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
import pymongo
from confluent_kafka.admin import AdminClient

from connectors import clickhouse
from connectors.databases import DATABASES
from connectors.kafka import client_config
from reviewstream.health.servers import Ping

if TYPE_CHECKING:
    from clickhouse_driver import Client

SECONDS = 4
T = TypeVar("T")


class OneConnection:
    """Queries PostgreSQL on one connection, reopened after an error. For one thread."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection[Any] | None = None

    def value(self, sql: bytes = b"SELECT 1") -> int:
        """The single value of a query. Raises psycopg.Error."""
        row = self.ask(lambda connection: connection.execute(sql).fetchone())
        return int(row[0]) if row else 0

    def ask(self, question: Callable[[psycopg.Connection[Any]], T]) -> T:
        """The result of `question`. Raises psycopg.Error."""
        try:
            return question(self._open())
        except psycopg.Error:
            self.close()
            raise

    def _open(self) -> psycopg.Connection[Any]:
        if self._connection is None:
            self._connection = psycopg.connect(
                self._url,
                autocommit=True,
                connect_timeout=SECONDS,
                tcp_user_timeout=SECONDS * 1000,
                application_name="reviewstream/health",
            )
        return self._connection

    def close(self) -> None:
        """Close the connection; the next query reopens it."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def pings(urls: Mapping[str, str], mongo: Callable[[], pymongo.MongoClient[Any]]) -> dict[str, Ping]:
    """A ping for each server by its URL, named as in the settings: `kafka` for `REVIEWSTREAM_KAFKA_URL`.

    MongoDB's client, which `mongo` gives, keeps connections of its own for pings.
    """
    return {name: _mongo(mongo()) if name == "mongo" else _PING[name](url) for name, url in urls.items()}


def _postgres(url: str) -> Ping:
    return OneConnection(url).value


def _kafka(url: str) -> Ping:
    admin = AdminClient(client_config(url))
    return lambda: admin.list_topics(timeout=SECONDS)


def _mongo(client: pymongo.MongoClient[Any]) -> Ping:
    def ping() -> None:
        with pymongo.timeout(SECONDS):
            client.admin.command("ping")

    return ping


def _clickhouse(url: str) -> Ping:
    client: Client = clickhouse.connect(url, timeout=SECONDS)
    return lambda: client.execute("SELECT 1")


_PING: dict[str, Callable[[str], Ping]] = {
    **dict.fromkeys(DATABASES, _postgres),
    "kafka": _kafka,
    "clickhouse": _clickhouse,
}
