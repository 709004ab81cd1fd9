"""Rebuilding each read model from synthetic sagas, six events a review.

    python benchmarks/rebuild.py [--reviews 30000] [--rounds 3]

A throw-away embedded PostgreSQL and ClickHouse are started. A figure is the log's events divided by the time of a whole
rebuild: fill, indexes, and the switch; the first round has nothing to compare with, the later ones compare every
row with the live version. Exit code 1 when a goal is missed.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4, uuid5

import click
import psutil
from clickhouse_driver import Client

from connectors.postgres import Pool, open_pool
from eventstore.log import EventLog
from eventstore.migrate import migrate
from eventstore.model import NewEvent
from projections.clickhouse.store import ClickHouseStore
from projections.postgres.failures import FailuresProjector
from projections.postgres.reviews import ReviewsProjector
from projections.postgres.saga_progress import SagaProgressProjector
from projections.postgres.store import PostgresStore
from projections.rebuild import rebuild
from projections.registry import MIGRATIONS
from projections.runner import ensure_live
from projections.shards import Parts, Sharded
from projections.store import Store
from reviewstream.embedded.clickhouse import ClickHouse
from reviewstream.embedded.datadir import DataDir
from reviewstream.embedded.postgres import Postgres
from schemas import codec, events
from schemas.parts import Contribution, Entity, Keyword, LexiconHit, Span

GOALS = {"reviews": 40_000, "saga_progress": 40_000, "failures": 40_000, "analytics": 100_000}
TENANT = uuid4()
BEGAN = datetime(2016, 1, 1, tzinfo=UTC)
WORDS = [f"word{n}" for n in range(4_000)]


def open_log(url: str) -> EventLog:
    return EventLog(open_pool(url, name="rebuild", size=2))


def stores_on(pool: Pool, clickhouse_url: str) -> list[Store]:
    projectors = (ReviewsProjector(), SagaProgressProjector(), FailuresProjector())
    stores: list[Store] = [PostgresStore(pool, projector) for projector in projectors]
    return [*stores, ClickHouseStore(pool, partial(Client.from_url, clickhouse_url))]


@contextmanager
def open_parts(log_url: str, models_url: str, clickhouse_url: str, name: str) -> Iterator[Parts]:
    """For the processes that fill a share."""
    with open_pool(models_url, name="share", size=3) as pool, open_pool(log_url, name="share", size=2) as source:
        store = next(each for each in stores_on(pool, clickhouse_url) if each.name == name)
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
        migrate(log_url)
        migrate(models_url, MIGRATIONS)
        yield log_url, models_url, clickhouse.url


@click.command()
@click.option("--reviews", default=40_000, show_default=True)
@click.option("--rounds", default=3, show_default=True)
@click.option("--processes", default=2, show_default=True, help="That each fill a share; 0: this one alone.")
def main(reviews: int, rounds: int, processes: int) -> None:
    """Measure and print; exit code 1 when a goal is missed."""
    with servers() as (log_url, models_url, clickhouse_url), open_pool(models_url, name="bench", size=6) as pool:
        log = open_log(log_url)
        for batch in history(reviews):
            log.append(batch)
        stores = stores_on(pool, clickhouse_url)
        opening = partial(open_parts, log_url, models_url, clickhouse_url)
        sharded = Sharded(opening, shards=processes) if processes else None
        best = {store.name: max(measure(pool, store, log, sharded, n) for n in range(rounds)) for store in stores}
        log._pool.close()  # noqa: SLF001 - this script opened it
    missed = [name for name, rate in best.items() if rate < GOALS[name]]
    print("goals missed: " + ", ".join(missed) if missed else "all goals reached")
    sys.exit(bool(missed))


def cpu() -> float:
    """Seconds of CPU that this process, its helpers and the servers have used."""
    everyone = [psutil.Process(), *psutil.Process().children(recursive=True)]
    return sum(sum(process.cpu_times()[:4]) for process in everyone)


def measure(pool: Any, store: Store, log: EventLog, sharded: Sharded | None, turn: int) -> float:
    ensure_live(pool, store)
    began, worked = perf_counter(), cpu()
    outcome = rebuild(pool, store, log, bulk=sharded.fill if sharded else None)
    seconds = perf_counter() - began
    rate, each = outcome.position / seconds, 1e6 * (cpu() - worked) / outcome.position
    print(
        f"{store.name:14} round {turn + 1}: {rate:9,.0f} events/s ({seconds:.2f} s, {each:.0f} us of CPU each; {outcome.note})",
        flush=True,
    )
    return rate


if __name__ == "__main__":
    main()
