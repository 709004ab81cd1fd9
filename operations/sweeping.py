"""The sweeper of this process: the saga's read model, the broker and the event log put together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from aggregates.review.deadlines import by_state, state_of
from aggregates.review.saga import COMPENSATE, FAILED
from connectors.kafka_progress import TopicProgress
from eventstore.log import EventLog
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.saga_progress import SagaProgressProjector
from projections.queries import waiting
from projections.runner import ensure_live
from reviewstream.bootstrap import Bootstrap
from schemas.messages import StepItem
from streams.sweeper.sweeper import Sweeper
from streams.sweeper.watermark import Trigger
from streams.topics import GROUP

LONGEST_PAUSE = 5.0
"""Seconds. An operator's revival is due at once, and shall not wait longer than this."""


def build(parts: Bootstrap) -> Sweeper:
    """A sweeper as the settings want it."""
    settings = parts.settings
    # At the very first start the sweeper may come before the projection that it asks.
    ensure_live(parts.readmodels_pool, PostgresStore(parts.readmodels_pool, SagaProgressProjector()))
    return Sweeper(
        ReadModel(parts.readmodels_pool),
        TopicProgress(settings.url("kafka"), groups=GROUP),
        parts.new_producer(),
        partitions=settings.partitions,
        published=lambda: parts.positions.get("steps"),
        versions=lambda reviews: newest_versions(parts.event_log, reviews),
        deadlines=settings.deadlines(),
        longest_pause=min(LONGEST_PAUSE, settings.retry_backoff_seconds),
    )


def newest_versions(log: EventLog, reviews: Collection[UUID]) -> dict[UUID, int]:
    """At which version each review stands in the log."""
    return {review: events[-1].version for review, events in log.read_streams(reviews).items() if events}


class ReadModel:
    """projections.queries.waiting as streams.sweeper.watermark.SagaReadModel."""

    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    def due_retries(self, now: datetime, *, besides: Collection[int], limit: int) -> Sequence[Trigger]:
        """Retries whose time has come."""
        return [_trigger(each) for each in waiting.due_retries(self._pool, now, besides=besides, limit=limit)]

    def next_retry(self, now: datetime) -> datetime | None:
        """When the next one is due."""
        coming = waiting.coming_retries(self._pool, now, limit=1)
        return coming[0].not_before if coming else None

    def late_steps(self, deadlines: Mapping[str, float], now: datetime) -> Collection[str]:
        """The steps with reviews that wait beyond the deadline."""
        return [_step(state) for state in waiting.late_states(self._pool, by_state(deadlines), now)]

    def overdue(
        self, step: str, *, before: datetime, until: int, besides: Collection[int], limit: int
    ) -> Sequence[Trigger]:
        """Work that waits since `before`."""
        at = state_of(step)
        found = waiting.overdue(self._pool, at, before=before, until=until, besides=besides, limit=limit)
        return [_trigger(each) for each in found]

    def still_waiting(self, reviews: Collection[UUID], positions: Collection[int]) -> set[int]:
        """Those of the positions at which one of the reviews still stands."""
        return waiting.still_waiting(self._pool, reviews, positions)


def _step(state: str) -> str:
    return COMPENSATE if state == FAILED else state


def _trigger(found: waiting.Waiting) -> Trigger:
    item = StepItem(
        position=found.position,
        tenant_id=found.tenant_id,
        stream_id=found.review_id,
        version=found.version,
        event_id=found.event_id,
        correlation_id=found.correlation_id,
    )
    return Trigger(_step(found.next_step), item)
