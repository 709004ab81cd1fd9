"""What workers rely on: tables, topics, indexes. Idempotent, and safe in several processes at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from connectors.migrations import advisory_lock
from connectors.preflight import preflight
from operations.migrate.contracts import Contracts
from operations.migrate.databases import DATABASES, Database
from operations.migrate.migratable import Migratable, StoreState
from operations.migrate.raw_store import RawStore
from operations.migrate.read_models import ReadModels
from operations.migrate.topics import Topics
from reviewstream.bootstrap import Bootstrap
from reviewstream.settings import Settings

LOCK = "reviewstream setup"
SERVERS = (*DATABASES, "kafka")
"""Others are asked when they are first used."""


def inspect(settings: Settings) -> list[StoreState]:
    """What each store has and lacks; changes nothing. Raises Unavailable where a server refuses us for good."""
    _preflight_all(settings)
    with _stores(settings) as stores:
        return [store.inspect() for store in stores]


def prepare(settings: Settings) -> list[StoreState]:
    """Bring every store to the present version; gives what was missing before.

    Everything is looked at first, so that a store of a newer release, or a topic with other partitions, keeps all from
    being touched: raises what it refuses for. Processes that call at once take turns. Raises Unavailable where a server
    refuses us for good.
    """
    _preflight_all(settings)
    with advisory_lock(settings.url("eventstore"), LOCK), _stores(settings) as stores:
        found = [(store, store.inspect()) for store in stores]
        for _, seen in found:
            for refusal in seen.refusals:
                raise refusal
        for store, seen in found:
            if seen.missing:
                store.apply_missing()
        return [seen for _, seen in found]


def _preflight_all(settings: Settings) -> None:
    for name in SERVERS:
        preflight(name, settings.url(name))


@contextmanager
def _stores(settings: Settings) -> Iterator[list[Migratable]]:
    """In the order in which they rely on each other."""
    with Bootstrap(settings, process="setup") as parts:
        databases = [Database(name, settings.url(name), scripts) for name, scripts in DATABASES.items()]
        registry = [Contracts(parts)] if settings.schema_registry_url else []
        topics = Topics(settings.url("kafka"), settings.partitions)
        yield [*databases, topics, *registry, RawStore(parts), ReadModels(parts)]
