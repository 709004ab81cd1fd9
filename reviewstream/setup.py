"""What workers rely on: tables, topics, indexes. Idempotent, and safe in several processes at once."""

from __future__ import annotations

import pymongo

from connectors.kafka import MAX_MESSAGE, create_topics
from eventstore.migrate import MIGRATIONS as EVENTSTORE
from eventstore.migrate import migrate
from projections.registry import MIGRATIONS as PROJECTIONS
from reviewstream.bootstrap import Bootstrap
from reviewstream.readmodels import create_all
from reviewstream.settings import Settings
from services.inbound.ledger import MIGRATIONS as INBOUND
from services.tenancy.tenants import MIGRATIONS as TENANCY
from streams.topics import all_topics

KEEP_FOR_EVER = {"retention.ms": "-1", "max.message.bytes": str(MAX_MESSAGE)}


def prepare(settings: Settings) -> None:
    """Bring every store to the present version."""
    migrate(settings.url("eventstore"), EVENTSTORE)
    migrate(settings.url("eventstore"), INBOUND)
    migrate(settings.url("tenancy"), TENANCY)
    migrate(settings.url("readmodels"), PROJECTIONS)
    create_topics(settings.url("kafka"), all_topics(settings.partitions), config=KEEP_FOR_EVER)
    with Bootstrap(settings, process="setup") as parts:
        parts.raw_reviews.create_index([("tenant_id", pymongo.ASCENDING), ("year_month", pymongo.ASCENDING)])
        create_all(parts)
