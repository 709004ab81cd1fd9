"""Reprocessing: select reviews by the read models, request them in the event log, wait until the results show."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from aggregates.calibration.calibration import SUFFIX
from aggregates.review.saga import ABANDONED, DONE, FAILED
from connectors.wait import TimedOut, wait_until
from eventstore.log import EventLog
from nlp.profiles import Profiles
from projections import registry
from projections.queries.reprocessing_candidates import Chosen, SagaState, due, saga_states
from schemas.errors import InvalidInput
from streams.reprocessing.reprocessor import Reprocessor
from streams.reprocessing.run_options import Order, Seen, Tally
from streams.runtime.reviews import Reviews

SETTING = "REVIEWSTREAM_PROCESSING_VERSION"
PACE = 12.0
"""Reviews a second, for estimates: what a small and busy machine does with the default number in flight."""


def check_version(version: str, *, runs: Profiles, calibrated: Collection[str] = ()) -> None:
    """Raises InvalidInput unless the workers' settings run this processing version.

    A worker analyses with its own versions only, and with those that the chosen tenant's calibrations make of them; requests for another
    would wait.
    """
    base, named, _ = version.partition(SUFFIX)
    if named and base in runs.versions and version not in calibrated:
        raise InvalidInput(
            f"processing_version: {version} names a calibration; give --tenant, and one that `reviewstream calibration show` lists",
            field="processing_version",
        )
    if version not in runs.versions and version not in calibrated:
        raise InvalidInput(
            f"processing_version: {version} is not the version that runs here, which is {' or '.join(runs.versions)}; set "
            f"{SETTING}={version} for the workers, together with the settings or the release that change the analysis, restart "
            "them, and set it for this command",
            field="processing_version",
        )


def those_of(chosen: Chosen, version: str, runs: Profiles) -> Chosen:
    """Of the chosen reviews, those of tenants whose reviews are analysed with this version.

    Raises InvalidInput where one tenant was chosen whose version is another one.
    """
    base = version.partition(SUFFIX)[0]
    only = runs.tenants_with(base)
    without = runs.tenants_without(base)
    if chosen.tenant_id and (chosen.tenant_id in without or (only is not None and chosen.tenant_id not in only)):
        raise InvalidInput(
            f"processing_version: this tenant's reviews are analysed with {runs.of(chosen.tenant_id).version}; ask for that",
            field="processing_version",
        )
    return replace(chosen, only=None if only is None else tuple(only), without=tuple(without) if only is None else ())


def reprocess(
    pool: ConnectionPool[Any],
    log: EventLog,
    chosen: Chosen,
    order: Order,
    *,
    runs: Profiles,
    calibrated: Collection[str] = (),
    wait: bool = True,
    moved: Callable[[Tally], None],
) -> Tally:
    """Request the chosen reviews and wait for them; then wait until the read models show the results.

    `pool` leads to the read models, `runs` is what the workers run, `calibrated` the versions that the tenant's calibrations make of it, and
    `moved` is called with the tally as it grows.
    """
    check_version(order.processing_version, runs=runs, calibrated=calibrated)
    candidates = due(pool, those_of(chosen, order.processing_version, runs), order.processing_version)
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
