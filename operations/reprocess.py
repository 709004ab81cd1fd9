"""Reprocessing put together: the settings' processing version, the read models, the event log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool
from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

from aggregates.review.saga import ABANDONED, DONE, FAILED
from projections import registry
from projections.queries.reprocessing_candidates import Chosen, SagaState, due, saga_states
from reviewstream.bootstrap import Bootstrap
from reviewstream.settings import PREFIX, Settings
from schemas.errors import InvalidInput
from streams.reprocessing.reprocessor import Reprocessor
from streams.reprocessing.run_options import Order, Seen, Tally
from streams.runtime.reviews import Reviews

PACE = 12.0
"""Reviews a second, for estimates: what a small and busy machine does with the default number in flight."""


def check_version(settings: Settings, version: str) -> None:
    """Raises InvalidInput unless the settings, which the workers share, run this processing version.

    A worker analyses by its own version only; whatever is asked of another would wait.
    """
    runs = settings.processing_version
    if version != runs:
        raise InvalidInput(
            f"processing_version: {version} is not what runs here, that is {runs}; set {PREFIX}PROCESSING_VERSION="
            f"{version} for the workers, beside the settings or the release that change the analysis, start them anew, "
            "and set it for this command",
            field="processing_version",
        )


def reprocess(
    parts: Bootstrap, chosen: Chosen, order: Order, *, wait: bool = True, moved: Callable[[Tally], None]
) -> Tally:
    """Ask for the chosen reviews and wait for them; then until the read models show what they came to."""
    check_version(parts.settings, order.processing_version)
    candidates = due(parts.readmodels_pool, chosen, order.processing_version)
    reviews = Reviews(parts.event_log, cached=0)  # each is read once: remembering them would only fill the memory
    reprocessor = Reprocessor(reviews, ReadModel(parts.readmodels_pool), order)
    tally = asyncio.run(reprocessor.run(candidates, wait=wait, moved=moved))
    if wait and tally.analysed:
        _until_shown(parts.readmodels_pool, parts.event_log.head(), order.patience)
    return tally


class ReadModel:
    """projections.queries.reprocessing_candidates as streams.reprocessing.run_options.Sagas."""

    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    def look(self, reviews: Collection[UUID]) -> Mapping[UUID, Seen]:
        """Where they stand."""
        return {found.review_id: _seen(found) for found in saga_states(self._pool, reviews)}


def _seen(found: SagaState) -> Seen:
    troubled = found.next_step in {FAILED, ABANDONED} or found.not_before is not None
    return Seen(found.revision, found.version, found.next_step == DONE, troubled)


def _until_shown(pool: ConnectionPool[Any], head: int, limit: float) -> None:
    """What takes longer than `limit` seconds shows in `status`; nothing is lost by not waiting for it."""

    def behind() -> bool:
        with pool.connection() as connection:
            live = [each.position for each in registry.versions(connection) if each.state == "live"]
        return min(live, default=head) < head

    try:
        Retrying(retry=retry_if_result(bool), stop=stop_after_delay(limit), wait=wait_fixed(0.05))(behind)
    except RetryError:
        return
