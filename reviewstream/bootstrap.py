"""The composition root: wires the services and use cases of a process. Everything else receives what it needs."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from connectors import kafka
from connectors.databases import DATABASES
from connectors.ping import ping
from connectors.preflight import preflight, system_of
from eventstore.log import EventLog
from eventstore.positions import Positions
from nlp.settings import AnalyzerSettings
from reviewstream.clients import Clients
from reviewstream.embedded_databases import provision_database
from reviewstream.settings import Settings
from schemas.errors import ReviewstreamError
from schemas.foreign import Foreign
from schemas.topics import INBOUND, NOTIFICATIONS
from services.dead_letters.repository import DeadLetterRepository
from services.inbound.known_stores import KnownStores
from services.inbound.ledger import InboundLedger
from services.tenancy.directory import TenantDirectory
from services.tenancy.tenants import Tenants
from streams.topics import all_topics

if TYPE_CHECKING:
    from nlp.pool import AnalysisPool
    from operations.change_capture import ChangeCapture
    from operations.dead_letters import DeadLetterDesk
    from operations.find.search import Finder
    from operations.migrate.run import Migrations
    from operations.parked_streams import StreamParking
    from operations.publishers import Publishers
    from operations.read_models import ReadModels
    from operations.recovery.recoverable import Recoverable
    from operations.recovery.recovery import Recovery
    from operations.replay import ReadModelReplay
    from operations.retention.keeper import Retention
    from operations.retention.policy import Policy
    from operations.retention.room import DiskReader
    from operations.status.reader import StatusReader
    from operations.status.report import Status
    from projections.rebuild.shards import Parts
    from services.notifications.channel import Channel
    from sources.raw_store.consumer import ChangeStreamConsumer
    from streams.dead_letters.producer import DeadLetterProducer
    from streams.dead_letters.replay import DeadLetterReplay
    from streams.runtime.reviews import Reviews
    from streams.steps.collect import Collect
    from streams.sweeper.sweeper import Sweeper

# What only some processes need is imported where it is built: a command starts in half the time.
SURVEYED = ("eventstore", "readmodels")
"""The databases of which a status is made."""
SET_UP = (*DATABASES, "kafka")
"""The servers that a migration checks first; others are checked when they are first used."""


class Bootstrap(Clients):
    """Builds each part once, on first use, and closes them all on exit. Use as a context manager."""

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
        """Counts what came in."""
        return InboundLedger(self.eventstore_pool)

    def inbound_readers(self) -> int:
        """How many workers read the inbound topic now."""
        from connectors.kafka_progress import TopicProgress
        from streams.topics import GROUP

        return TopicProgress(self.settings.url("kafka"), groups=GROUP).readers(INBOUND)

    @cached_property
    def reviews(self) -> Reviews:
        """The repository of reviews, shared by the steps of this process."""
        from streams.runtime.reviews import Reviews

        return Reviews(self.event_log)

    @cached_property
    def directory(self) -> TenantDirectory:
        """Tenants, cached."""
        return TenantDirectory(self.tenants)

    @cached_property
    def dead_letter_producer(self) -> DeadLetterProducer:
        """Sends messages that cannot be processed to the dead-letter topic."""
        from streams.dead_letters.producer import DeadLetterProducer

        return DeadLetterProducer(self.producer)

    @cached_property
    def dead_letters(self) -> DeadLetterRepository:
        """Stored dead letters and their audit."""
        return DeadLetterRepository(self.readmodels_pool)

    @cached_property
    def dead_letter_replay(self) -> DeadLetterReplay:
        """Replays dead letters."""
        from streams.dead_letters.replay import DeadLetterReplay

        inbound = kafka.describe(self.settings.url("kafka"), INBOUND)
        return DeadLetterReplay(self.dead_letters, self.producer, self.reviews, inbound.partitions)

    def collect(self, topic_id: str) -> Collect:
        """The collect step for the inbound topic with this id."""
        from streams.steps.collect import Collect

        foreign = Foreign(self.registry.schema) if self.settings.schema_registry_url else None
        return Collect(
            self.reviews, self.ledger, self.directory, self.dead_letter_producer, topic_id=topic_id, foreign=foreign
        )

    @property
    def analysis(self) -> AnalyzerSettings:
        """Settings of the text analysis."""
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

    @cached_property
    def read_models(self) -> ReadModels:
        """The projections."""
        from operations.read_models import ReadModels

        return ReadModels(
            self.readmodels_pool, self.event_log, self.clickhouse, cluster=self.settings.clickhouse_cluster
        )

    @cached_property
    def publishers(self) -> Publishers:
        """The publishers of step topics and public topics."""
        from operations.publishers import Publishers

        return Publishers(self.positions, self.new_producer, partitions=self.settings.partitions)

    @cached_property
    def parking(self) -> StreamParking:
        """Parked streams, of projections and publishers."""
        from operations.parked_streams import StreamParking

        return StreamParking(self.read_models, self.publishers, self.positions, self.dead_letters)

    @cached_property
    def dead_letter_desk(self) -> DeadLetterDesk:
        """The use cases of operators for dead letters."""
        from operations.dead_letters import DeadLetterDesk

        return DeadLetterDesk(self.dead_letters, lambda: self.dead_letter_replay, actor=self.actor)

    @cached_property
    def replay(self) -> ReadModelReplay:
        """Rebuilds and repairs of read models."""
        from operations.replay import ReadModelReplay

        return ReadModelReplay(self.read_models, partial(open_parts, self.settings))

    @cached_property
    def status(self) -> StatusReader:
        """Reads the status of the pipeline."""
        from operations.status.reader import StatusReader
        from reviewstream.units import units

        return StatusReader(
            read_models=self.read_models,
            log_pool=self.eventstore_pool,
            ledger=self.ledger,
            positions=self.positions,
            parking=self.parking,
            dead_letters=self.dead_letters,
            kafka_url=self.settings.url("kafka"),
            deadlines=self.settings.deadlines(),
            slot_names=self.slot_names(),
            tailer_publishes=self.settings.public_topics == "tailer",
            units=partial(units, self.settings.data_dir),
        )

    def survey(self, *, shown: int) -> Status:
        """The status from whoever answers. Raises Unavailable where nothing runs and no server is known."""
        from operations.status.report import nothing_but
        from reviewstream.units import units

        self._checked.update(SURVEYED)  # each is asked by the survey itself, which goes on without it
        try:
            found = self.status.survey(self._reach, shown=shown)
            return replace(found, lost=self.recovery.losses(only_databases=bool(found.silent)))
        except ReviewstreamError as error:
            if not (running := units(self.settings.data_dir)):
                raise
            return nothing_but(running, str(error))

    def _reach(self, name: str) -> None:
        ping(system_of(name), self.settings.url(name))

    @cached_property
    def finder(self) -> Finder:
        """Finds reviews, messages and runs by any of their names."""
        from operations.find.names import Names
        from operations.find.search import Finder

        return Finder(
            reviews=Names(self.readmodels_pool, self.event_log),
            log=self.event_log,
            letters=self.dead_letters,
            ledger=self.ledger,
            parking=self.parking,
            kafka_url=self.settings.url("kafka"),
            logs=self.settings.data_dir / "logs",
            publishing=self.settings.data_dir / "publishing",
            deadlines=self.settings.deadlines(),
            slugs=lambda: {tenant.id: tenant.slug for tenant in self.tenants.every()},
        )

    @cached_property
    def change_capture(self) -> ChangeCapture:
        """Change data capture by Kafka Connect. Raises Unavailable when no Connect is configured."""
        return self.change_capture_for("")

    def change_capture_for(self, label: str) -> ChangeCapture:
        """The same, with `label` as prefix of topics and connectors."""
        from operations.change_capture import ChangeCapture, Installation

        settings = self.settings
        login = settings.cdc_login.get_secret_value().partition(":") if settings.cdc_login else None
        of = Installation(
            url=settings.url,
            partitions=settings.partitions,
            mongo_database=settings.mongo_database,
            debezium_publishes=settings.public_topics == "debezium",
            login=(login[0], login[2]) if login else None,
            secrets=settings.connect_secrets,
            write_secret=self._write_secret(),
        )
        return ChangeCapture(
            of,
            self.connect,
            log=self.event_log,
            positions=self.positions,
            publishers=self.publishers,
            sender=lambda: self.producer,
            label=label,
        )

    @cached_property
    def migrations(self) -> Migrations:
        """The migrations of every store."""
        from operations.migrate.contracts import Contracts
        from operations.migrate.databases import Database
        from operations.migrate.migratable import Migratable
        from operations.migrate.raw_store import RawStore
        from operations.migrate.read_models import Projections
        from operations.migrate.run import Migrations
        from operations.migrate.topics import Topics

        settings = self.settings
        databases = [Database(each.name, settings.url(each.name), each.scripts) for each in DATABASES.values()]
        topics = Topics(settings.url("kafka"), settings.partitions)
        registry = [Contracts(self.registry)] if settings.schema_registry_url else []
        stores: list[Migratable] = [
            *databases,
            topics,
            *registry,
            RawStore(lambda: self.raw_reviews),
            Projections(lambda: self.read_models),
        ]
        return Migrations(
            stores,
            preflight=self._preflight_all,
            lock_url=settings.url("eventstore"),
            after=self._remember_stores,
        )

    @cached_property
    def known_stores(self) -> KnownStores:
        """What identifies our topics, and the table of dead letters."""
        return KnownStores(self.eventstore_pool)

    def _remember_stores(self) -> None:
        from operations.recovery.dead_letters import TABLE

        topics = kafka.topic_ids(self.settings.url("kafka"), all_topics(1))
        self.known_stores.remember({**topics, TABLE: self.dead_letters.identity()})

    @property
    def recovery(self) -> Recovery:
        """Finds what stores lost, and has it built again."""
        from operations.recovery.databases import LostDatabases
        from operations.recovery.recovery import Recovery

        urls = {name: self.settings.url(name) for name in DATABASES}
        create = partial(provision_database, self.settings.data_dir)
        return Recovery(LostDatabases(urls, create), self._recoverable, self.migrations.apply)

    def _recoverable(self) -> list[Recoverable]:
        """In the order in which they rely on each other."""
        from operations.recovery.dead_letters import LostDeadLetters
        from operations.recovery.event_log import LostLog
        from operations.recovery.raw_store import LostRawReviews
        from operations.recovery.read_models import LostReadModels
        from operations.recovery.topics import LostTopics
        from operations.recovery.traces import traces

        kafka_url, log = self.settings.url("kafka"), self.event_log
        found = traces(raw_reviews=lambda: self.raw_reviews, kafka_url=kafka_url, models=self.read_models)
        topics = LostTopics(
            kafka_url,
            log=log,
            known=self.known_stores,
            positions=self.positions,
            models=self.read_models,
            sender=lambda: self.producer,
        )
        return [
            LostLog(log, found),
            LostReadModels(self.read_models, self.replay, self.settings.url("readmodels")),
            LostDeadLetters(self.dead_letters, self.known_stores, kafka_url),
            LostRawReviews(log, lambda: self.raw_reviews),
            topics,
        ]

    def sweeper(self) -> Sweeper:
        """A sweeper with a producer of its own."""
        from operations.sweeper import make_sweeper

        settings = self.settings
        return make_sweeper(
            self.read_models,
            self.positions,
            self.new_producer(),
            settings.url("kafka"),
            partitions=settings.partitions,
            deadlines=settings.deadlines(),
            backoff=settings.retry_backoff_seconds,
        )

    def retention(self) -> Retention:
        """Removes what is kept no longer."""
        from connectors.kafka_progress import TopicProgress
        from operations.retention.keeper import Retention
        from operations.retention.messages import HandledMessages
        from streams.topics import GROUP

        url = self.settings.url("kafka")
        handled = HandledMessages(url, self.ledger, TopicProgress(url, groups=GROUP).acknowledged)
        return Retention(self.retention_policy, handled, self.read_models, self.dead_letters)

    @cached_property
    def disk(self) -> DiskReader:
        """Measures what every store takes."""
        from operations.retention.room import DiskReader

        settings = self.settings
        return DiskReader(
            policy=self.retention_policy,
            log_pool=self.eventstore_pool,
            read_models=self.read_models,
            dead_letters=self.dead_letters,
            raw_store=lambda: self.raw_reviews,
            kafka_url=settings.url("kafka"),
            directory=settings.data_dir,
            logs_kept=f"each rotated at {settings.log_bytes:,} bytes, and {settings.log_files} older files of it",
        )

    @property
    def retention_policy(self) -> Policy:
        """What is kept how long."""
        from operations.retention.policy import Policy

        settings = self.settings
        return Policy(
            handled_messages=settings.keep_handled_messages_days,
            retired_versions=settings.keep_retired_versions_days,
            settled_dead_letters=settings.keep_settled_dead_letters_days,
        )

    def raw_store_consumer(self) -> ChangeStreamConsumer:
        """Publishes the raw reviews that other clients write to the raw store."""
        from connectors.change_stream import Changes
        from services.inbound.resume_tokens import ResumeTokens
        from sources.raw_store.consumer import ChangeStreamConsumer
        from sources.raw_store.documents import FOREIGN

        changes = Changes(self.raw_reviews, dict(FOREIGN))
        return ChangeStreamConsumer("raw_reviews", changes, ResumeTokens(self.eventstore_pool), self.new_producer())

    @property
    def actor(self) -> str:
        """Who acts, for the audit: the setting, or the operating system's user."""
        try:
            return self.settings.actor or getpass.getuser()
        except (KeyError, OSError):  # a container may run as a uid without a name
            return f"uid {os.getuid()}"

    def _preflight_all(self) -> None:
        for name in SET_UP:
            preflight(name, self.settings.url(name))

    def slot_names(self) -> list[str]:
        """Of the slots of change capture, in the databases whose URLs are known."""
        from debezium.captures import ON_POSTGRES
        from debezium.slots import Source

        known = [each for each in ON_POSTGRES if getattr(self.settings, f"{each.store}_url")]
        return [Source(self.settings.url(each.store)).slot_name(each) for each in known]

    def _write_secret(self) -> partial[None] | None:
        """Only if the file is in our own data directory: any other belongs to the operator."""
        from reviewstream.connect_secrets import put

        path = self.settings.connect_secrets
        if path is None or not Path(path).is_relative_to(self.settings.data_dir.absolute()):
            return None
        return partial(put, Path(path))


@contextmanager
def open_parts(settings: Settings, name: str) -> Iterator[Parts]:
    """What another process needs to fill a share of a read model's next version."""
    from telemetry.gc_tuning import freeze_gc

    with Bootstrap(settings, process="replay") as parts:
        made = parts.read_models.parts(name)
        freeze_gc()
        yield made


def with_urls(settings: Settings, urls: Mapping[str, str]) -> Settings:
    """The settings, with unset URLs filled in from `urls`, whose keys are environment variables."""
    given = {key.removeprefix("REVIEWSTREAM_").lower(): value for key, value in urls.items()}
    missing = {name: value for name, value in given.items() if getattr(settings, name, value) is None}
    return type(settings)(**{**settings.model_dump(), **missing})
