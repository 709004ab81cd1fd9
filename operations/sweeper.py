"""Builds the sweeper from the saga's read model, the broker and the event log."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from aggregates.review.deadlines import by_state, state_of
from aggregates.review.saga import COMPENSATE, FAILED
from connectors.kafka_progress import TopicProgress
from connectors.sender import Sender
from eventstore.log import EventLog
from eventstore.positions import Positions
from operations.publishers import STEPS
from operations.read_models import ReadModels
from projections.postgres.saga_progress import SagaProgressProjector
from projections.queries import waiting
from projections.runner import ensure_live
from schemas.messages import StepItem
from streams.sweeper.sweeper import Sweeper
from streams.sweeper.watermark import Trigger
from streams.topics import GROUP

LONGEST_PAUSE = 5.0
"""Seconds. A retry that an operator asks for is due at once, and must not wait longer than this."""


def make_sweeper(
    read_models: ReadModels,
    positions: Positions,
    sender: Sender,
    kafka_url: str,
    *,
    partitions: int,
    deadlines: Mapping[str, float],
    backoff: float,
) -> Sweeper:
    """Build a sweeper. `deadlines` are seconds by step, `backoff` seconds before a first retry."""
    pool, log = read_models.pool, read_models.log
    # At the very first start the sweeper may run before the projection that it reads.
    ensure_live(pool, read_models.store(SagaProgressProjector.name))
    return Sweeper(
        ReadModel(pool),
        TopicProgress(kafka_url, groups=GROUP),
        sender,
        partitions=partitions,
        published=lambda: positions.get(STEPS),
        versions=lambda reviews: newest_versions(log, reviews),
        deadlines=deadlines,
        longest_pause=min(LONGEST_PAUSE, backoff),
    )


def newest_versions(log: EventLog, reviews: Collection[UUID]) -> dict[UUID, int]:
    """The newest version of each review in the log."""
    return {review: events[-1].version for review, events in log.read_streams(reviews).items() if events}


class ReadModel:
    """projections.queries.waiting as streams.sweeper.watermark.SagaReadModel."""

    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    def due_retries(self, now: datetime, *, besides: Collection[int], limit: int) -> Sequence[Trigger]:
        """Retries that are due."""
        return [trigger_of(each) for each in waiting.due_retries(self._pool, now, besides=besides, limit=limit)]

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
        """Work that has waited since `before`."""
        at = state_of(step)
        found = waiting.overdue(self._pool, at, before=before, until=until, besides=besides, limit=limit)
        return [trigger_of(each) for each in found]

    def still_waiting(self, reviews: Collection[UUID], positions: Collection[int]) -> set[int]:
        """Those of the positions at which one of the reviews is still waiting."""
        return waiting.still_waiting(self._pool, reviews, positions)


def _step(state: str) -> str:
    return COMPENSATE if state == FAILED else state


def trigger_of(found: waiting.Waiting) -> Trigger:
    """What hands a waiting review to its next step."""
    item = StepItem(
        position=found.position,
        tenant_id=found.tenant_id,
        stream_id=found.review_id,
        version=found.version,
        event_id=found.event_id,
        correlation_id=found.correlation_id,
    )
    return Trigger(_step(found.next_step), item)
