"""Curves that make probabilities truer, and how they do on reviews that they were not fitted on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from aggregates.calibration.curve import ISOTONIC, MOST_POINTS, PLATT, calibrated
from schemas.events.calibration import CalibrationChanged

FOLDS = 5
Floats: TypeAlias = NDArray[np.float64]
Points: TypeAlias = tuple[tuple[float, ...], tuple[float, ...]]
"""Inputs and outputs as CalibrationChanged has them."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A method, what it was fitted to be on all reviews, and the probability of each review by a fit without it."""

    method: str
    inputs: tuple[float, ...]
    outputs: tuple[float, ...]
    held_out: Floats


def curves(probabilities: Floats, positive: Floats) -> list[Curve]:
    """Both methods, cross-validated in five folds; needs five reviews of each truth."""
    found = []
    for method, fit in ((PLATT, _platt), (ISOTONIC, _isotonic)):
        points = fit(probabilities, positive)
        if points is not None:
            found.append(Curve(method, *points, _held_out(method, fit, probabilities, positive)))
    return found


def along(method: str, points: Points, probabilities: Floats) -> Floats:
    """What the aggregate makes of them, so that what is judged is what will be applied."""
    by: Any = _curve(method, points)
    return np.array([calibrated(by, float(each)) for each in probabilities])


def ece(probabilities: Floats, positive: Floats) -> float:
    """Expected calibration error over tenths."""
    tenths = np.minimum((probabilities * 10).astype(int), 9)
    gaps = [abs(float((probabilities - positive)[tenths == tenth].sum())) for tenth in range(10)]
    return sum(gaps) / len(probabilities)


def _held_out(
    method: str, fit: Callable[[Floats, Floats], Points | None], probabilities: Floats, positive: Floats
) -> Floats:
    from sklearn.model_selection import StratifiedKFold

    result = probabilities.copy()
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(probabilities, positive):
        points = fit(probabilities[train], positive[train])
        if points is not None:
            result[test] = along(method, points, probabilities[test])
    return result


def _platt(probabilities: Floats, positive: Floats) -> Points | None:
    """None where the likelier ones are not more often positive."""
    from sklearn.linear_model import LogisticRegression

    kept = np.clip(probabilities, 1e-4, 1 - 1e-4)
    model = LogisticRegression(C=1e3).fit(np.log(kept / (1 - kept)).reshape(-1, 1), positive)
    slope, intercept = float(model.coef_[0, 0]), float(model.intercept_[0])
    return ((round(slope, 6), round(intercept, 6)), ()) if slope > 1e-3 else None


def _isotonic(probabilities: Floats, positive: Floats) -> Points | None:
    from sklearn.isotonic import IsotonicRegression

    model = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(probabilities, positive)
    points = dict(
        zip(np.round(model.X_thresholds_, 6).tolist(), np.round(model.y_thresholds_, 6).tolist(), strict=True)
    )
    if len(points) < 2 or len(points) > MOST_POINTS:
        return None
    return tuple(points), tuple(points.values())


def _curve(method: str, points: Points) -> CalibrationChanged:
    from datetime import UTC, datetime

    return CalibrationChanged(
        number=1, method=method, base_version="-", inputs=points[0], outputs=points[1], negative_below=0.5,
        positive_from=0.5, truth="", reviews=0, who="-", changed_at=datetime.min.replace(tzinfo=UTC),
    )  # fmt: skip


def as_arrays(probabilities: Sequence[float], positive: Sequence[bool]) -> tuple[Floats, Floats]:
    """For numpy."""
    return np.array(probabilities, dtype=float), np.array(positive, dtype=float)
