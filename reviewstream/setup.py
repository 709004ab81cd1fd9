"""What workers rely on: tables, topics, indexes. Idempotent, and safe in several processes at once."""

from __future__ import annotations

import pymongo

from connectors.kafka import MAX_INBOUND, MAX_MESSAGE, create_topics
from eventstore.migrate import MIGRATIONS as EVENTSTORE
from eventstore.migrate import migrate
from projections.registry import MIGRATIONS as PROJECTIONS
from reviewstream.access import admit
from reviewstream.bootstrap import Bootstrap
from reviewstream.readmodels import create_all
from reviewstream.registering import register
from reviewstream.settings import Settings
from services.deadletters.store import MIGRATIONS as LETTERS
from services.inbound.ledger import MIGRATIONS as LEDGER
from services.tenancy.tenants import MIGRATIONS as TENANCY
from streams.topics import INBOUND, all_topics

KEEP_FOR_EVER = {"retention.ms": "-1"}
SERVERS = ("eventstore", "tenancy", "readmodels", "kafka")
"""Others are asked when they are first used."""


def prepare(settings: Settings) -> None:
    """Bring every store to the present version. Raises Unavailable where a server refuses us for good."""
    for name in SERVERS:
        admit(name, settings.url(name))
    migrate(settings.url("eventstore"), EVENTSTORE)
    migrate(settings.url("eventstore"), LEDGER)
    migrate(settings.url("tenancy"), TENANCY)
    migrate(settings.url("readmodels"), PROJECTIONS)
    migrate(settings.url("readmodels"), LETTERS)
    _create_topics(settings)
    if settings.schema_registry_url:
        _register(settings)
    with Bootstrap(settings, process="setup") as parts:
        parts.raw_reviews.create_index([("tenant_id", pymongo.ASCENDING), ("year_month", pymongo.ASCENDING)])
        create_all(parts)


def _register(settings: Settings) -> None:
    with Bootstrap(settings, process="setup") as parts:
        register(parts.registry)


def _create_topics(settings: Settings) -> None:
    topics = all_topics(settings.partitions)
    inbound = {INBOUND: topics.pop(INBOUND)}
    for some, limit in ((inbound, MAX_INBOUND), (topics, MAX_MESSAGE)):
        create_topics(settings.url("kafka"), some, config={**KEEP_FOR_EVER, "max.message.bytes": str(limit)})
