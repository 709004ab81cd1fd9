"""What a tenant's calibration makes of an analysis, and which one holds: the nlp step's only seam to it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from aggregates.calibration.calibration import Calibrations, version_of
from aggregates.calibration.curve import calibrated
from aggregates.ids import calibration_id
from eventstore.log import EventLog
from eventstore.mapper import Mapper
from nlp.model import Analysis, Label, Sentiment
from schemas.events.calibration import CalibrationChanged

TTL = 10.0
"""Seconds for which a worker keeps what it read: so late it may learn of a change. Its results name the one that it used."""
MAPPER = Mapper()


def read(log: EventLog, tenant_id: UUID) -> Calibrations:
    """A tenant's calibrations from the log."""
    events = log.read_stream(calibration_id(tenant_id))
    return Calibrations(tenant_id).after(MAPPER.to_typed(event) for event in events)


class TenantCalibrations:
    """The calibrations of tenants, kept for a while. Used by one event loop; reads in a thread."""

    def __init__(self, log: EventLog, *, ttl: float = TTL, clock: Callable[[], float] = time.monotonic) -> None:
        self._log, self._ttl, self._clock = log, ttl, clock
        self._known: dict[UUID, tuple[float, Calibrations]] = {}

    async def choose(self, tenant_id: UUID, base: str, asked: str) -> tuple[str, CalibrationChanged | None] | None:
        """The processing version of a result, and its calibration: of the version `asked` for, or if empty of what holds now.

        None where `asked` is a version that `base` does not make for this tenant.
        """
        if asked == base:
            return base, None
        if not asked:
            by = (await self._of(tenant_id)).current(base)
            return (base, None) if by is None else (version_of(base, by), by)
        if not asked.startswith(f"{base}+"):
            return None
        by = (await self._of(tenant_id)).named(base, asked) or (await self._of(tenant_id, fresh=True)).named(
            base, asked
        )
        return None if by is None else (asked, by)

    async def _of(self, tenant_id: UUID, *, fresh: bool = False) -> Calibrations:
        until, known = self._known.get(tenant_id, (0.0, None))
        if known is None or fresh or self._clock() >= until:
            known = await asyncio.to_thread(read, self._log, tenant_id)
            self._known[tenant_id] = (self._clock() + self._ttl, known)
        return known


def apply(by: CalibrationChanged | None, found: Analysis) -> Analysis:
    """The analysis with the tenant's own probability; what has none stays as it is, but for the calibration's name.

    A label may become its opposite, or undetermined, where the new probability no longer bears it. What the analyzer left open stays
    open: a calibration knows probabilities, and not why a language or a text was not judged.
    """
    if by is None:
        return found
    analyzers = {**found.analyzers, "calibration": f"{by.method} {by.number} on version {by.base_version}"}
    measured = found.sentiment
    if measured.probability is not None:
        measured = _relabelled(by, measured, calibrated(by, measured.probability))
    return replace(found, analyzers=analyzers, sentiment=measured)


def _relabelled(by: CalibrationChanged, measured: Sentiment, probability: float) -> Sentiment:
    if measured.label not in {"positive", "negative"}:
        return replace(measured, probability=probability)
    if probability >= by.positive_from:
        return _with_label(measured, "positive", probability)
    if probability < by.negative_below:
        return _with_label(measured, "negative", probability)
    return replace(measured, label="undetermined", score=None, probability=probability)


def _with_label(measured: Sentiment, label: Label, probability: float) -> Sentiment:
    if measured.label == label:
        return replace(measured, probability=probability)
    score = round(2 * probability - 1, 4)
    return replace(measured, label=label, score=score, probability=probability)
