"""Reprocessing: select reviews by the read models, request them in the event log, wait until the results show."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from aggregates.calibration.calibration import SUFFIX
from aggregates.review.saga import ABANDONED, DONE, FAILED
from connectors.wait import TimedOut, wait_until
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


def check_version(version: str, *, runs: str, calibrated: Collection[str] = ()) -> None:
    """Raises InvalidInput unless the workers' settings run this processing version.

    A worker analyses with its own version only, and with those that the chosen tenant's calibrations make of it; requests for another
    would wait.
    """
    if SUFFIX in version and version.startswith(runs) and version not in calibrated:
        raise InvalidInput(
            f"processing_version: {version} names a calibration; give --tenant, and one that `reviewstream calibration show` lists",
            field="processing_version",
        )
    if version != runs and version not in calibrated:
        raise InvalidInput(
            f"processing_version: {version} is not the version that runs here, which is {runs}; set {SETTING}={version} for the "
            "workers, together with the settings or the release that change the analysis, restart them, and set it for this "
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
    calibrated: Collection[str] = (),
    wait: bool = True,
    moved: Callable[[Tally], None],
) -> Tally:
    """Request the chosen reviews and wait for them; then wait until the read models show the results.

    `pool` leads to the read models, `runs` is the processing version of the workers, `calibrated` those that the tenant's calibrations make of it, and `moved` is called with the tally as it grows.
    """
    check_version(order.processing_version, runs=runs, calibrated=calibrated)
    candidates = due(pool, chosen, order.processing_version)
    reviews = Reviews(log, cached=0)  # each is read once, so a cache would only use memory
    reprocessor = Reprocessor(reviews, ReadModel(pool), order)
    tally = asyncio.run(reprocessor.run(candidates, wait=wait, moved=moved))
    if wait and tally.analysed:
        _until_shown(pool, log.head(), order.patience)
    return tally


class ReadModel:
    """projections.queries.reprocessing_candidates as streams.reprocessing.run_options.Sagas."""

    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    def states(self, reviews: Collection[UUID]) -> Mapping[UUID, Seen]:
        """Their current states."""
        return {found.review_id: _seen(found) for found in saga_states(self._pool, reviews)}


def _seen(found: SagaState) -> Seen:
    troubled = found.next_step in {FAILED, ABANDONED} or found.not_before is not None
    return Seen(found.revision, found.version, found.next_step == DONE, troubled)


def _until_shown(pool: ConnectionPool[Any], head: int, limit: float) -> None:
    """Return after `limit` seconds at most: nothing is lost, and `status` shows what is behind."""

    def shown() -> bool:
        with pool.connection() as connection:
            live = [each.position for each in registry.versions(connection) if each.state == "live"]
        return min(live, default=head) >= head

    with suppress(TimedOut):
        wait_until(shown, limit, what="the read models to show what was analysed", every=0.05)
