"""What days should have brought: a quasi-Poisson regression on the days before, as Farrington's method has it.

A level, a slope, and a factor for each weekday; days that stood out in the past weigh less (Noufaily 2013), so that an old
spike does not hide a new one.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.alarms.series import Judged, Numbers, Series

LEAST_DAYS, LEAST_SUM = 21, 5.0
"""Of a baseline: less cannot say what is usual."""
SEASONAL_SUM = 100.0
"""From this sum on a baseline can tell weekdays apart."""
OUTLIER = 2.58
SURE = 1.96
"""Standard errors from which on a slope is one."""
WEEK = 7


@dataclass(frozen=True, slots=True)
class Expected:
    """Of a run of days together: the mean, and the variance of what is observed around it."""

    mean: float
    variance: float


class Shape(NamedTuple):
    """Which columns the regression has besides the level."""

    sloped: bool
    seasonal: bool


LEVEL = Shape(sloped=False, seasonal=False)


class Frame(NamedTuple):
    """How days become rows: the middle and the length of the baseline, and the weekday of the series' first day."""

    middle: int
    span: int
    first_weekday: int
    shape: Shape

    def rows(self, days: NDArray[np.int64]) -> Numbers:
        """One row a day: level, slope, weekdays. The slope stays flat beyond the baseline: nothing is extrapolated."""
        columns: list[Numbers] = [np.ones(len(days))]
        if self.shape.sloped:
            columns.append(np.clip((days - self.middle) / self.span, -0.5, 0.5))
        if self.shape.seasonal:
            weekday = (days + self.first_weekday) % WEEK
            columns += [1.0 * (weekday == each) - (weekday == WEEK - 1) for each in range(WEEK - 1)]
        return np.column_stack(columns)


@dataclass(frozen=True, slots=True)
class Baseline:
    """A fitted regression: `scatter` is variance by mean of single days, `weekly` of sums of seven."""

    coefficients: Numbers
    covariance: Numbers
    scatter: float
    weekly: float
    frame: Frame

    def expected(self, days: NDArray[np.int64], exposure: Numbers) -> Expected:
        """Of the sum over days, given by index."""
        rows = self.frame.rows(days)
        means = np.exp(np.clip(rows @ self.coefficients, -20, 20)) * exposure
        mean = max(float(means.sum()), 1e-6)
        gradient = means @ rows
        unsure = float(gradient @ self.covariance @ gradient)
        scatter = self.weekly if len(days) >= WEEK else self.scatter
        return Expected(mean, scatter * mean + min(unsure, mean**2))


def fitted(series: Series, judged: Judged, days: NDArray[np.int64]) -> Baseline | None:
    """The regression on these days, given by index in order; None where they say too little.

    A slope that could be chance is none, as in Farrington's method. Where most days are empty there is a level alone.
    """
    days = days[judged.exposure[days] > 0]
    y = judged.y[days]
    if len(days) < LEAST_DAYS or y.sum() < LEAST_SUM:
        return None
    if np.median(y) <= 0:
        return _fit(series, judged, days, LEVEL)
    seasonal = judged.seasonal and bool(y.sum() >= SEASONAL_SUM)
    try:
        sloped = _fit(series, judged, days, Shape(sloped=True, seasonal=seasonal))
        slope, unsure = sloped.coefficients[1], float(sloped.covariance[1, 1]) ** 0.5
        return sloped if abs(slope) > SURE * unsure else _fit(series, judged, days, Shape(False, seasonal))
    except ValueError:  # it has no solution, as when a weekday never brings anything
        return _fit(series, judged, days, LEVEL)


def _fit(series: Series, judged: Judged, days: NDArray[np.int64], shape: Shape) -> Baseline:
    # Here, as it takes seconds and 170 MB: whoever only starts up does without.
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    y, exposure = judged.y[days], judged.exposure[days]
    frame = Frame(int(days[0] + days[-1]) // 2, int(days[-1] - days[0]), series.first.weekday(), shape)
    rows, weights = frame.rows(days), np.ones(len(days))
    for _ in range(2):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of no solution: see `fitted`
            result: Any = GLM(y, rows, family=Poisson(), exposure=exposure, var_weights=weights).fit(maxiter=20)
        mean = np.maximum(result.mu, 1e-9)
        freedom = max(weights.sum() - rows.shape[1], 1.0)
        scatter = float((weights * (y - mean) ** 2 / mean).sum() / freedom)
        if frame.shape != LEVEL:  # where most days are empty the others are no outliers, but what there is
            weights = _lighter(y, mean, max(scatter, 1e-9))
    scatter = max(scatter, _least(judged, y, exposure))
    return Baseline(
        coefficients=result.params,
        covariance=np.asarray(result.cov_params(scale=scatter)),
        scatter=scatter,
        weekly=max(scatter, _weekly(y, mean, days)),
        frame=frame,
    )


def _least(judged: Judged, y: Numbers, exposure: Numbers) -> float:
    """The scatter that chance alone gives: Poisson's of counts, the binomial's of shares, none is known of ratings."""
    if not judged.whole:
        return 0.05
    return 1.0 if judged.seasonal else max(1 - float(y.sum() / exposure.sum()), 0.05)


def _lighter(y: Numbers, mean: Numbers, scatter: float) -> Numbers:
    """Weights of days by Anscombe's residuals: those beyond OUTLIER count by the inverse square."""
    residuals = 1.5 * (np.maximum(y, 0) ** (2 / 3) - mean ** (2 / 3)) / (mean ** (1 / 6) * scatter**0.5)
    weights = np.where(residuals > OUTLIER, (OUTLIER / np.maximum(residuals, OUTLIER)) ** 2, 1.0)
    return np.asarray(weights * len(weights) / weights.sum())


def _weekly(y: Numbers, mean: Numbers, days: NDArray[np.int64]) -> float:
    """Variance by mean of sums over seven days of the baseline, which wander more than chance where days depend on each other."""
    blocks = (days[-1] - days) // WEEK
    difference, expected = np.bincount(blocks, y - mean), np.bincount(blocks, mean)
    full = np.bincount(blocks) == WEEK
    if full.sum() < 4:
        return 0.0
    return float((difference[full] ** 2 / np.maximum(expected[full], 1e-9)).sum() / (full.sum() - 1))
