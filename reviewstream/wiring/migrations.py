"""The migrations of every store."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from connectors import kafka
from connectors.databases import DATABASES
from connectors.preflight import preflight
from reviewstream.settings import Settings
from reviewstream.wiring.shared import Shared
from streams.topics import all_topics

if TYPE_CHECKING:
    from operations.migrate.migratable import Migratable
    from operations.migrate.run import Migrations

SET_UP = (*DATABASES, "kafka")
"""The servers that a migration checks first; others are checked when they are first used."""


def make(shared: Shared) -> Migrations:
    """The migrations of every store, in the order in which they are applied."""
    from operations.migrate.run import Migrations

    return Migrations(
        _stores(shared),
        preflight=partial(_preflight_all, shared.settings),
        lock_url=shared.settings.url("eventstore"),
        after=partial(_remember_stores, shared),
    )


def _stores(shared: Shared) -> list[Migratable]:
    from operations.migrate.contracts import Contracts
    from operations.migrate.databases import Database
    from operations.migrate.raw_store import RawStore
    from operations.migrate.read_models import Projections
    from operations.migrate.topics import Topics

    settings = shared.settings
    return [
        *(Database(each.name, settings.url(each.name), each.scripts) for each in DATABASES.values()),
        Topics(settings.url("kafka"), settings.partitions),
        *([Contracts(shared.registry)] if settings.schema_registry_url else []),
        RawStore(lambda: shared.raw_reviews),
        Projections(lambda: shared.read_models),
    ]


def _preflight_all(settings: Settings) -> None:
    for name in SET_UP:
        preflight(name, settings.url(name))


def _remember_stores(shared: Shared) -> None:
    from operations.recovery.dead_letters import TABLE

    topics = kafka.topic_ids(shared.settings.url("kafka"), all_topics(1))
    shared.known_stores.remember({**topics, TABLE: shared.dead_letters.identity()})
