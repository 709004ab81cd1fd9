"""Reprocessing: which reviews the read models choose, asked of the event log, until the read models show the results."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool
from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

from aggregates.review.aggregate import ABANDONED, DONE, FAILED
from eventstore.log import EventLog
from projections import registry
from projections.queries.reprocessing_candidates import Chosen, SagaState, due, saga_states
from schemas.errors import InvalidInput
from streams.reprocessing.reprocessor import Reprocessor
from streams.reprocessing.run_options import Order, Seen, Tally
from streams.runtime.reviews import Reviews

SETTING = "REVIEWSTREAM_PROCESSING_VERSION"
PACE = 12.0
"""Reviews a second, for estimates: what a small and busy machine does with the default number in flight."""


def check_version(version: str, *, runs: str) -> None:
    """Raises InvalidInput unless the workers' settings run this processing version.

    A worker analyses by its own version only; whatever is asked of another would wait.
    """
    if version != runs:
        raise InvalidInput(
            f"processing_version: {version} is not what runs here, that is {runs}; set {SETTING}={version} for the "
            "workers, beside the settings or the release that change the analysis, start them again, and set it for this "
            "command",
            field="processing_version",
        )


def reprocess(
    pool: ConnectionPool[Any],
    log: EventLog,
    chosen: Chosen,
    order: Order,
    *,
    runs: str,
    wait: bool = True,
    moved: Callable[[Tally], None],
) -> Tally:
    """Ask for the chosen reviews and wait for them; then until the read models show what they came to.

    `pool` leads to the read models, `runs` is the processing version of the workers, and `moved` hears the tally grow.
    """
    check_version(order.processing_version, runs=runs)
    candidates = due(pool, chosen, order.processing_version)
    reviews = Reviews(log, cached=0)  # each is read once: remembering them would only fill the memory
    reprocessor = Reprocessor(reviews, ReadModel(pool), order)
    tally = asyncio.run(reprocessor.run(candidates, wait=wait, moved=moved))
    if wait and tally.analysed:
        _until_shown(pool, log.head(), order.patience)
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
