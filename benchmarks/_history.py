"""Synthetic sagas, the servers that replays are measured on, and the read models."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4, uuid5

from clickhouse_driver import Client

from connectors.databases import scripts_of
from connectors.migrations import migrate
from connectors.postgres import Pool, open_pool
from embedded.clickhouse import ClickHouse
from embedded.datadir import DataDir
from embedded.postgres import Postgres
from eventstore.log import EventLog
from eventstore.model import NewEvent
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.ports import ProjectionStore
from projections.postgres.failures import FailuresProjector
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.reviews import ReviewsProjector
from projections.postgres.saga_progress import SagaProgressProjector
from projections.rebuild.shards import Parts
from schemas import codec
from schemas.events import review as events
from schemas.parts import Contribution, Entity, Keyword, LexiconHit, Span
from telemetry.gc_tuning import freeze_gc

TENANT = uuid4()
BEGAN = datetime(2016, 1, 1, tzinfo=UTC)
WORDS = [f"word{n}" for n in range(4_000)]


def open_log(url: str) -> EventLog:
    return EventLog(open_pool(url, name="rebuild", size=2))


def stores_on(pool: Pool, clickhouse_url: str) -> list[ProjectionStore]:
    projectors = (ReviewsProjector(), SagaProgressProjector(), FailuresProjector())
    stores: list[ProjectionStore] = [PostgresStore(pool, projector) for projector in projectors]
    return [*stores, ClickHouseStore(pool, partial(Client.from_url, clickhouse_url))]


@contextmanager
def open_parts(log_url: str, models_url: str, clickhouse_url: str, name: str) -> Iterator[Parts]:
    """For the processes that fill a share."""
    with open_pool(models_url, name="share", size=3) as pool, open_pool(log_url, name="share", size=2) as source:
        store = next(each for each in stores_on(pool, clickhouse_url) if each.name == name)
        freeze_gc()
        yield Parts(pool, store, EventLog(source))


def saga(number: int, chance: random.Random) -> list[Any]:
    """The events of one review that went through: 52 words, 4 entities, 6 keywords."""
    now = BEGAN + timedelta(hours=chance.randrange(80_000))
    text = " ".join(chance.choices(WORDS, k=52))
    results = {"revision": 1, "processing_version": "p1", "processed_at": now}
    entities = [
        Entity(word, "ORG", round(chance.random(), 2), 0.3, (Span(3, 9),)) for word in chance.choices(WORDS, k=4)
    ]
    keywords = [
        Keyword(f"{word} view", round(chance.random(), 4), (Span(3, 9),)) for word in chance.choices(WORDS, k=6)
    ]
    label, rating = chance.choice(["positive", "neutral", "negative"]), float(chance.randint(1, 5))
    counted = Contribution(now.date(), f"source{number % 5}", "google_play", label, 0.25, rating, "en")
    return [
        events.ReviewCollected(
            source=counted.source,
            platform=counted.platform,
            external_id=str(number),
            revision=1,
            content_hash="0" * 64,
            content=text,
            rating=rating,
            published_at=now,
            collected_at=now,
        ),
        events.RawReviewStored(revision=1, raw_review_id="0" * 24, stored_at=now),
        events.ReviewProcessed(
            **results,
            language="en",
            language_confidence=0.99,
            analyzers={"entities": "spacy"},
            entities=tuple(entities),
            keywords=tuple(keywords),
            characters_analyzed=len(text),
            truncated=False,
        ),
        events.SentimentAnalyzed(
            **results,
            analyzer="vader",
            score=0.25,
            label=label,
            positive=0.4,
            neutral=0.5,
            negative=0.1,
            evidence=(LexiconHit("word1", 0, 5, 2.0),),
        ),
        events.AnalyticsUpdated(revision=1, processing_version="p1", contribution=counted, updated_at=now),
        events.SubscribersNotified(revision=1, notifications=(), notified_at=now),
    ]


def history(reviews: int) -> Iterator[list[NewEvent]]:
    chance = random.Random(1)
    for start in range(0, reviews, 1_000):
        yield [
            recorded(uuid5(TENANT, str(number)), version, event)
            for number in range(start, min(start + 1_000, reviews))
            for version, event in enumerate(saga(number, chance), 1)
        ]


def recorded(stream: UUID, version: int, event: Any) -> NewEvent:
    return NewEvent(TENANT, stream, version, event.TOPIC, codec.encode(event), uuid4())


@contextmanager
def servers() -> Iterator[tuple[str, str, str]]:
    """(URL of the event log, of the read models, of ClickHouse)."""
    with ExitStack() as stack:
        data = DataDir(Path(stack.enter_context(TemporaryDirectory(prefix="rebuild-"))))
        postgres, clickhouse = Postgres(data), ClickHouse(data)
        for server in (postgres, clickhouse):
            server.start()
            stack.callback(server.stop)
        log_url, models_url = postgres.url("eventstore"), postgres.url("readmodels")
        migrate(log_url, scripts_of("eventstore"))
        migrate(models_url, scripts_of("projections"))
        yield log_url, models_url, clickhouse.url
