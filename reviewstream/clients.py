"""The connections of one process: pools, producers and clients, each opened on first use."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from functools import cached_property, partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from connectors import kafka, postgres
from connectors.databases import DATABASES
from connectors.preflight import preflight
from reviewstream.settings import Settings
from schemas.errors import Unavailable

if TYPE_CHECKING:
    import pymongo
    import redis
    from clickhouse_driver import Client
    from pymongo.collection import Collection

    from connectors.schema_registry import SchemaRegistry
    from debezium.rest import Connect

# What only some processes need is imported where it is built: a command starts in half the time.


class Clients:
    """Builds each client once, on first use, and closes them all on exit. Use as a context manager."""

    def __init__(self, settings: Settings, *, process: str) -> None:
        self.settings, self.process = settings, process
        self.closing = ExitStack()
        self._checked: set[str] = set()
        self._pools: dict[str, postgres.Pool] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.close()

    @cached_property
    def eventstore_pool(self) -> postgres.Pool:
        """Connections to the event log's database."""
        return self.pool("eventstore")

    @cached_property
    def readmodels_pool(self) -> postgres.Pool:
        """Connections to the read models' database."""
        return self.pool("readmodels")

    @cached_property
    def producer(self) -> kafka.ConfirmingProducer:
        """The process's producer."""
        return self.new_producer()

    def new_producer(self) -> kafka.ConfirmingProducer:
        """A producer of its own, for a caller that must not wait for others: a producer confirms one batch at a time."""
        return kafka.ConfirmingProducer(self.url("kafka"))

    @cached_property
    def mongo(self) -> pymongo.MongoClient[dict[str, Any]]:
        """A client of the raw store."""
        from connectors import mongo

        client = mongo.connect(self.url("mongo"))
        self.closing.callback(client.close)
        return client

    @property
    def raw_reviews(self) -> Collection[dict[str, Any]]:
        """The collection of raw reviews."""
        from sources.raw_store.documents import COLLECTION

        return self.mongo[self.settings.mongo_database][COLLECTION]

    @cached_property
    def cache(self) -> redis.Redis:
        """A client of the cache."""
        from connectors import redis as cache

        client = cache.connect(self.url("redis"))
        self.closing.callback(client.close)
        return client

    def clickhouse(self) -> Client:
        """A new ClickHouse client; not thread-safe, so each thread needs its own."""
        from connectors import clickhouse

        client = clickhouse.connect(self.url("clickhouse"))
        self.closing.callback(client.disconnect)
        return client

    @cached_property
    def registry(self) -> SchemaRegistry:
        """The schema registry. Raises Unavailable when none is configured, or its client is not installed."""
        if self.settings.schema_registry_url is None:
            raise Unavailable("no schema registry is configured: set REVIEWSTREAM_SCHEMA_REGISTRY_URL")
        try:
            from connectors import schema_registry
        except ImportError as error:
            raise Unavailable(f"{error.name} is missing: pip install 'reviewstream[registry]'") from None
        registry = schema_registry.connect(self.settings.url("schema_registry"))
        self.closing.callback(registry.close)
        return registry

    @cached_property
    def connect(self) -> Connect:
        """Kafka Connect's REST interface. Raises Unavailable when none is configured."""
        from debezium.rest import Connect

        if self.settings.connect_url is None:
            raise Unavailable(
                "no Kafka Connect is known: `reviewstream up --cdc` starts one, or set REVIEWSTREAM_CONNECT_URL"
            )
        connect = Connect(self.settings.url("connect"))
        self.closing.callback(connect.close)
        return connect

    def url(self, name: str) -> str:
        """The URL of a server that accepts our login. Raises Unavailable, with the fix, for one that refuses it."""
        url = self.settings.url(name)
        if name not in self._checked:
            preflight(name, url)
            self._checked.add(name)
        return url

    def leave_unchecked(self, names: Iterable[str]) -> None:
        """From now on `url` does not look at these servers: the caller does."""
        self._checked.update(names)

    def pool(self, name: str) -> postgres.Pool:
        """Connections to the database of that name in the registry, at most as many as it says."""
        if name not in self._pools:
            size = DATABASES[name].connections
            self._pools[name] = postgres.open_pool(self.url(name), name=f"{self.process}.{name}", size=size)
            self.closing.callback(partial(self._pools[name].close, timeout=2))
        return self._pools[name]
