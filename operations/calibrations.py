"""A tenant's calibration: set, shown, cleared. Events of its own stream; results follow by new reviews and by reprocessing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aggregates.calibration.calibration import Calibrations, Fitted, change, clear
from aggregates.ids import calibration_id, event_id
from eventstore.log import EventLog
from eventstore.mapper import Mapper
from schemas.errors import InvalidInput, VersionConflict
from schemas.events.calibration import CalibrationChanged
from streams.steps.calibrations import read


class CalibrationDesk:
    """Reads and appends tenants' calibrations."""

    def __init__(self, log: EventLog, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._log, self._now = log, now

    def of(self, tenant_id: UUID) -> Calibrations:
        """All that the tenant ever had."""
        return read(self._log, tenant_id)

    def set(
        self,
        tenant_id: UUID,
        proposal: Mapping[str, Any],
        *,
        negative_below: float,
        positive_from: float,
        who: str,
        reason: str,
    ) -> Calibrations:
        """Store what was proposed. Raises InvalidInput for what is no proposal, or does not help."""
        fitted = _fitted(proposal)
        has = self.of(tenant_id)
        bars = {"negative_below": negative_below, "positive_from": positive_from}
        return self._append(has, change(has, fitted, **bars, who=who, reason=reason, now=self._now()))

    def clear(self, tenant_id: UUID, *, who: str, reason: str) -> Calibrations:
        """From now on none. Raises NotAllowed where there is none."""
        has = self.of(tenant_id)
        return self._append(has, clear(has, who=who, reason=reason, now=self._now()))

    def _append(self, has: Calibrations, events: Sequence[CalibrationChanged]) -> Calibrations:
        stream = calibration_id(has.tenant_id)
        new = [
            Mapper().to_new(
                event,
                tenant_id=has.tenant_id,
                stream_id=stream,
                version=event.number,
                event_id=event_id(stream, event.TOPIC, event.number, f"{event.who}/{event.changed_at.isoformat()}", 1),
            )
            for event in events
        ]
        if new and self._log.append(new).conflicts:
            raise VersionConflict(
                "the tenant's calibration was changed by somebody else meanwhile: look at it, and try again"
            )
        return has.after(events)


def _fitted(proposal: Mapping[str, Any]) -> Fitted:
    """Out of the JSON that `evaluate --propose-calibration` prints, or its part `calibration`."""
    given = proposal.get("calibration", proposal)
    if not isinstance(given, Mapping) or "helps" not in given:
        raise InvalidInput("file: is not what `evaluate --propose-calibration --json` printed", field="file")
    if not given["helps"]:
        raise InvalidInput(f"file: this calibration was not found to help: {given.get('why', '')}", field="file")
    try:
        return Fitted(
            method=str(given["method"]),
            base_version=str(given["base_version"]),
            inputs=tuple(map(float, given["inputs"])),
            outputs=tuple(map(float, given["outputs"])),
            truth=str(given["truth"]),
            reviews=int(given["reviews"]),
            error_before=float(given["error_before"]),
            error_after=float(given["error_after"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(
            f"file: lacks a value, or has one that is no number ({type(error).__name__})", field="file"
        ) from None
