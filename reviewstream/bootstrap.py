"""The composition root: the only place that builds clients. Everything else receives what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from functools import cached_property, partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from connectors import kafka, postgres
from connectors.databases import DATABASES
from connectors.preflight import preflight
from eventstore.log import EventLog
from eventstore.positions import Positions
from nlp.settings import AnalyzerSettings
from reviewstream.settings import Settings
from schemas.errors import Unavailable
from schemas.foreign import Foreign
from services.dead_letters.repository import DeadLetterRepository
from services.inbound.ledger import InboundLedger
from services.tenancy.directory import TenantDirectory
from services.tenancy.tenants import Tenants
from streams.topics import INBOUND, NOTIFICATIONS

if TYPE_CHECKING:
    import pymongo
    import redis
    from clickhouse_driver import Client
    from pymongo.collection import Collection

    from connectors.schema_registry import SchemaRegistry
    from nlp.pool import AnalysisPool
    from operations.change_capture import ChangeCapture
    from services.notifications.channel import Channel
    from streams.dead_letters.producer import DeadLetterProducer
    from streams.dead_letters.replay import DeadLetterReplay
    from streams.runtime.reviews import Reviews
    from streams.steps.collect import Collect

# What only some processes need is imported where it is built: a command starts in half the time.


class Bootstrap:
    """Builds what is asked for, once, and closes all of it in the end. Use as a context manager."""

    def __init__(self, settings: Settings, *, process: str) -> None:
        self.settings, self.process = settings, process
        self.closing = ExitStack()
        self._admitted: set[str] = set()
        self._pools: dict[str, postgres.Pool] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.close()

    def pool(self, name: str) -> postgres.Pool:
        """Connections to the database of that name in the registry, at most as many as it says."""
        if name not in self._pools:
            size = DATABASES[name].connections
            self._pools[name] = postgres.open_pool(self._url(name), name=f"{self.process}.{name}", size=size)
            self.closing.callback(partial(self._pools[name].close, timeout=2))
        return self._pools[name]

    @cached_property
    def eventstore_pool(self) -> postgres.Pool:
        """Connections to the event log's database."""
        return self.pool("eventstore")

    @cached_property
    def readmodels_pool(self) -> postgres.Pool:
        """Connections to the read models' database."""
        return self.pool("readmodels")

    @cached_property
    def tenants(self) -> Tenants:
        """The tenancy service."""
        return Tenants(self.pool("tenancy"))

    @cached_property
    def event_log(self) -> EventLog:
        """The event log."""
        return EventLog(self.eventstore_pool)

    @cached_property
    def positions(self) -> Positions:
        """Positions of the publishers."""
        return Positions(self.eventstore_pool)

    @cached_property
    def ledger(self) -> InboundLedger:
        """What came in, counted."""
        return InboundLedger(self.eventstore_pool)

    @cached_property
    def producer(self) -> kafka.ConfirmingProducer:
        """The process's producer."""
        return self.new_producer()

    def new_producer(self) -> kafka.ConfirmingProducer:
        """One of its own for somebody who must not wait for what others send: a producer confirms one batch at a time."""
        return kafka.ConfirmingProducer(self._url("kafka"))

    @cached_property
    def mongo(self) -> pymongo.MongoClient[dict[str, Any]]:
        """The raw store's server."""
        from connectors import mongo

        client = mongo.connect(self._url("mongo"))
        self.closing.callback(client.close)
        return client

    @property
    def raw_reviews(self) -> Collection[dict[str, Any]]:
        """The raw reviews."""
        return self.mongo[self.settings.mongo_database]["raw_reviews"]

    @cached_property
    def cache(self) -> redis.Redis:
        """The cache's server."""
        from connectors import redis as cache

        client = cache.connect(self._url("redis"))
        self.closing.callback(client.close)
        return client

    def clickhouse(self) -> Client:
        """A new ClickHouse client; not thread-safe, so each thread asks for its own."""
        from connectors import clickhouse

        client = clickhouse.connect(self._url("clickhouse"))
        self.closing.callback(client.disconnect)
        return client

    @cached_property
    def reviews(self) -> Reviews:
        """Reviews as the steps of this process share them."""
        from streams.runtime.reviews import Reviews

        return Reviews(self.event_log)

    @cached_property
    def directory(self) -> TenantDirectory:
        """Cached tenants."""
        return TenantDirectory(self.tenants)

    @cached_property
    def dead_letter_producer(self) -> DeadLetterProducer:
        """Where messages go that cannot be processed."""
        from streams.dead_letters.producer import DeadLetterProducer

        return DeadLetterProducer(self.producer)

    @cached_property
    def dead_letters(self) -> DeadLetterRepository:
        """Dead letters as operators work with them."""
        return DeadLetterRepository(self.readmodels_pool)

    @cached_property
    def dead_letter_replay(self) -> DeadLetterReplay:
        """Replays dead letters."""
        from streams.dead_letters.replay import DeadLetterReplay

        inbound = kafka.describe(self.settings.url("kafka"), INBOUND)
        return DeadLetterReplay(self.dead_letters, self.producer, self.reviews, inbound.partitions)

    def collect(self, topic_id: str) -> Collect:
        """The gate of the inbound topic that has this id."""
        from streams.steps.collect import Collect

        foreign = Foreign(self.registry.schema) if self.settings.schema_registry_url else None
        return Collect(
            self.reviews, self.ledger, self.directory, self.dead_letter_producer, topic_id=topic_id, foreign=foreign
        )

    @cached_property
    def registry(self) -> SchemaRegistry:
        """The schema registry. Raises Unavailable when none is named, or its client is not installed."""
        if self.settings.schema_registry_url is None:
            raise Unavailable("no schema registry is named: set REVIEWSTREAM_SCHEMA_REGISTRY_URL")
        try:
            from connectors import schema_registry
        except ImportError as error:
            raise Unavailable(f"{error.name} is missing: pip install 'reviewstream[registry]'") from None
        registry = schema_registry.connect(self.settings.url("schema_registry"))
        self.closing.callback(registry.close)
        return registry

    @cached_property
    def change_capture(self) -> ChangeCapture:
        """Change data capture, by Kafka Connect. Raises Unavailable when none is named."""
        from debezium.rest import Connect
        from operations.change_capture import ChangeCapture

        if self.settings.connect_url is None:
            raise Unavailable(
                "no Kafka Connect is known: `reviewstream up --cdc` starts one, or set REVIEWSTREAM_CONNECT_URL"
            )
        connect = Connect(self.settings.url("connect"))
        self.closing.callback(connect.close)
        return ChangeCapture(self, connect)

    @property
    def analysis(self) -> AnalyzerSettings:
        """How texts are analysed."""
        settings = self.settings
        return AnalyzerSettings(
            max_characters=settings.nlp_max_characters, decoder=settings.nlp_decoder, gemm=settings.nlp_gemm
        )

    @cached_property
    def analysis_pool(self) -> AnalysisPool:
        """The analysis processes, not started."""
        from nlp.pool import AnalysisPool

        pool = AnalysisPool(self.settings.nlp_workers, self.analysis)
        self.closing.callback(pool.close)
        return pool

    @cached_property
    def channels(self) -> list[Channel]:
        """Notification channels: a new one is one line here."""
        from services.notifications.kafka import KafkaChannel

        return [KafkaChannel(self.producer, NOTIFICATIONS)]

    def _url(self, name: str) -> str:
        """The URL of a server that does not refuse us. Raises Unavailable, with the fix, for one that does."""
        url = self.settings.url(name)
        if name not in self._admitted:
            preflight(name, url)
            self._admitted.add(name)
        return url


def with_urls(settings: Settings, urls: Mapping[str, str]) -> Settings:
    """The settings with those URLs filled in that are not set; keys as the environment has them."""
    given = {key.removeprefix("REVIEWSTREAM_").lower(): value for key, value in urls.items()}
    missing = {name: value for name, value in given.items() if getattr(settings, name, value) is None}
    return type(settings)(**{**settings.model_dump(), **missing})
