"""Looks for alarms now and then, beside the sweeper. What fails is tried again in the next round and stops no worker."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import structlog

from operations.alarms.detect import HISTORY, AlarmDetection, Outcome
from telemetry.error_text import safe_text

log = structlog.get_logger(__name__)
FIRST_SECONDS = 90.0
LOOKED_BACK = timedelta(days=6)
"""Days before the last whole one that are judged again, for reviews that came late; decisions stay as they are."""


@dataclass(frozen=True, slots=True)
class AlarmKeeper:
    """Judges the last whole days of every tenant with reviews of late. Any number of them may run. `every` is in seconds."""

    detection: Callable[[], AlarmDetection]
    every: float

    def run(self, stop: threading.Event) -> None:
        """A round soon after the start and then regularly, until `stop` is set; none where `every` is 0."""
        pause = min(FIRST_SECONDS, self.every) if self.every else None
        while not stop.wait(pause):
            self.round()
            pause = self.every

    def round(self, today: date | None = None) -> dict[UUID, Outcome]:
        """Look at each tenant by itself, so that one that fails does not keep the others."""
        last = (today or datetime.now(UTC).date()) - timedelta(days=1)
        found: dict[UUID, Outcome] = {}
        try:
            detection = self.detection()
            detection.check_level(last)
            for tenant in detection.numbers.tenants(last - HISTORY):
                found[tenant] = detection.look(tenant, last - LOOKED_BACK, last)
                _say(tenant, found[tenant])
        except Exception as error:  # noqa: BLE001 - no alarm is worth a worker's end; the next round tries again
            log.warning("alarms.failed", error=f"{type(error).__name__}: {safe_text(error)}")
        return found


def _say(tenant: UUID, outcome: Outcome) -> None:
    for raised in outcome.raised:
        what = {"measure": raised.measure, "kind": raised.kind, "day": str(raised.day), "alarm": raised.alarm_id}
        log.warning("alarms.raised", tenant=str(tenant), **what)
    for closed in outcome.closed:
        log.info("alarms.closed", tenant=str(tenant), alarm=closed.alarm_id, reason=closed.reason)
    if outcome.left_out:
        log.info("alarms.left_out", tenant=str(tenant), series=outcome.left_out)
