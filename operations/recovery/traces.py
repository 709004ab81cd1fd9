"""What other stores hold that can only have come from an event log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pymongo.collection import Collection

from connectors.kafka import end_offsets, partitions
from operations.read_models import ReadModels
from projections import registry
from schemas.topics import public_topics


def traces(
    *, raw_reviews: Callable[[], Collection[dict[str, Any]]], kafka_url: str, models: ReadModels
) -> Mapping[str, Callable[[], str]]:
    """By store, what asks it: a few words, or an empty text."""
    return {
        "the raw store": lambda: _documents(raw_reviews()),
        "Kafka": lambda: _published(kafka_url),
        "the read models' database": lambda: _positions(models),
        "ClickHouse": lambda: _versions(models),
    }


def _documents(raw_reviews: Collection[dict[str, Any]]) -> str:
    return "reviews" if raw_reviews.find_one({"review_id": {"$exists": True}}, {"_id": True}) else ""


def _published(url: str) -> str:
    there = partitions(url)
    topics = sorted(topic for topic in set(public_topics().values()) if topic in there)
    count = sum(sum(end_offsets(url, topic).values()) for topic in topics)
    return f"{count} published events" if count else ""


def _positions(models: ReadModels) -> str:
    with models.pool.connection(timeout=5) as connection:
        most = max((each.position for each in registry.versions(connection)), default=0)
    return f"read models up to position {most}" if most else ""


def _versions(models: ReadModels) -> str:
    count = models.analytics().rows()
    return f"{count} facts of analytics" if count else ""
