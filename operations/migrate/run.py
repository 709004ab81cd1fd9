"""What workers rely on: tables, topics, indexes. Idempotent, and safe in several processes at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from connectors.migrations import one_at_a_time
from connectors.preflight import admit
from operations.migrate.contracts import Contracts
from operations.migrate.databases import DATABASES, Database
from operations.migrate.migratable import Look, Store
from operations.migrate.raw_store import RawStore
from operations.migrate.read_models import ReadModels
from operations.migrate.topics import Topics
from reviewstream.bootstrap import Bootstrap
from reviewstream.settings import Settings

LOCK = "reviewstream setup"
SERVERS = ("eventstore", "tenancy", "readmodels", "kafka")
"""Others are asked when they are first used."""


def look(settings: Settings) -> list[Look]:
    """What each store has and lacks; changes nothing. Raises Unavailable where a server refuses us for good."""
    _be_admitted(settings)
    with _stores(settings) as stores:
        return [store.look() for store in stores]


def prepare(settings: Settings) -> list[Look]:
    """Bring every store to the present version; gives what was missing before.

    Everything is looked at first, so that a store of a newer release, or a topic with other partitions, keeps all from
    being touched: raises what it refuses for. Processes that call at once take turns. Raises Unavailable where a server
    refuses us for good.
    """
    _be_admitted(settings)
    with one_at_a_time(settings.url("eventstore"), LOCK), _stores(settings) as stores:
        found = [(store, store.look()) for store in stores]
        for _, seen in found:
            for refusal in seen.refusals:
                raise refusal
        for store, seen in found:
            if seen.missing:
                store.bring_up()
        return [seen for _, seen in found]


def _be_admitted(settings: Settings) -> None:
    for name in SERVERS:
        admit(name, settings.url(name))


@contextmanager
def _stores(settings: Settings) -> Iterator[list[Store]]:
    """In the order in which they rely on each other."""
    with Bootstrap(settings, process="setup") as parts:
        databases = [Database(name, settings.url(name), scripts) for name, scripts in DATABASES.items()]
        registry = [Contracts(parts)] if settings.schema_registry_url else []
        topics = Topics(settings.url("kafka"), settings.partitions)
        yield [*databases, topics, *registry, RawStore(parts), ReadModels(parts)]
