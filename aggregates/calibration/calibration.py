"""The calibration aggregate: every calibration that a tenant had, the last of which holds for new results."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from aggregates.calibration.curve import NONE, check
from schemas.errors import InvalidInput, NotAllowed
from schemas.events.calibration import CalibrationChanged

LEAST = 200
"""Reviews that a calibration is fitted on at least: with fewer, it would follow chance."""
SUFFIX = "+calibration."


@dataclass(frozen=True, slots=True)
class Calibrations:
    """One tenant's, in order; the stream's version is their number."""

    tenant_id: UUID
    history: tuple[CalibrationChanged, ...] = ()

    def after(self, events: Iterable[CalibrationChanged]) -> Calibrations:
        """As they are after these events."""
        return replace(self, history=(*self.history, *events))

    def current(self, base: str) -> CalibrationChanged | None:
        """What holds for new results of that processing version; None for none, or for one of another version."""
        last = self.history[-1] if self.history else None
        return last if last is not None and last.method != NONE and last.base_version == base else None

    def named(self, base: str, version: str) -> CalibrationChanged | None:
        """The one that a processing version such as `2+calibration.3` names, whether it still holds or not."""
        return next((each for each in self.history if each.method != NONE and version == version_of(base, each)), None)

    def versions(self, base: str) -> list[str]:
        """Every processing version that results of `base` can have here, beside `base` itself."""
        return [version_of(base, each) for each in self.history if each.method != NONE and each.base_version == base]


def version_of(base: str, by: CalibrationChanged) -> str:
    """The processing version of a result of `base` that is calibrated; empty where it does not apply to that one."""
    return f"{base}{SUFFIX}{by.number}" if by.base_version == base else ""


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a fit found: the curve, what it was fitted on, and the error on reviews that were held out."""

    method: str
    base_version: str
    inputs: tuple[float, ...]
    outputs: tuple[float, ...]
    truth: str
    reviews: int
    error_before: float
    error_after: float


def change(
    has: Calibrations,
    fitted: Fitted,
    *,
    negative_below: float,
    positive_from: float,
    who: str,
    reason: str = "",
    now: datetime,
) -> tuple[CalibrationChanged, ...]:
    """CalibrationChanged; nothing where that one holds already. Raises InvalidInput for what is no calibration, or does not help."""
    check(fitted.method, fitted.inputs, fitted.outputs)
    if not 0 < negative_below <= positive_from < 1:
        raise InvalidInput(
            "--negative-below: lies between 0 and --positive-from, and that below 1", field="negative_below"
        )
    if not fitted.base_version or SUFFIX in fitted.base_version:
        raise InvalidInput("base_version: names the analysis without any calibration", field="base_version")
    if fitted.reviews < LEAST:
        raise InvalidInput(f"reviews: {fitted.reviews} are too few; a calibration needs {LEAST}", field="reviews")
    if not fitted.error_after < fitted.error_before:
        raise InvalidInput(
            "error_after: is not below error_before, so the calibration does not help", field="error_after"
        )
    event = CalibrationChanged(
        number=len(has.history) + 1,
        method=fitted.method,
        base_version=fitted.base_version,
        inputs=fitted.inputs,
        outputs=fitted.outputs,
        negative_below=negative_below,
        positive_from=positive_from,
        truth=fitted.truth,
        reviews=fitted.reviews,
        error_before=fitted.error_before,
        error_after=fitted.error_after,
        who=who,
        reason=reason,
        changed_at=now,
    )
    last = has.history[-1] if has.history else None
    if (
        last is not None
        and replace(event, number=last.number, who=last.who, reason=last.reason, changed_at=last.changed_at) == last
    ):
        return ()
    return (event,)


def clear(has: Calibrations, *, who: str, reason: str = "", now: datetime) -> tuple[CalibrationChanged, ...]:
    """CalibrationChanged to none. Raises NotAllowed where there is none."""
    if not has.history or has.history[-1].method == NONE:
        raise NotAllowed("the tenant has no calibration, so there is nothing to clear")
    return (
        CalibrationChanged(
            number=len(has.history) + 1,
            method=NONE,
            base_version="",
            negative_below=0.5,
            positive_from=0.5,
            truth="",
            reviews=0,
            who=who,
            reason=reason,
            changed_at=now,
        ),
    )
