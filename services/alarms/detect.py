"""Opens and closes the alarms of one series, day by day. Whatever was decided stays: later data changes no past alarm.

An alarm opens on a day that is less likely than the series' share of the tenant's allowance of false alarms, by its own
count or by that of a new level. It stays open until CALM days with reviews in a row are likely again, and in the
meantime nothing that the series brings becomes usual. What lasts longer than LASTING days is the new normal.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from aggregates.alarm.alarm import NEW_LEVEL, Past
from services.alarms.baseline import Baseline, fitted
from services.alarms.series import Direction, Judged, Numbers, Series
from services.alarms.shifts import last_change
from services.alarms.tails import surprise_above, surprise_below
from services.alarms.watched import Closed, Kind, Raised, Watched

MEMORY, LONG_MEMORY, ENOUGH = 56, 364, 30.0
"""Days of a baseline, and up to how many where the sum over them is not enough."""
GAP = 2
"""Days before the judged one that do not belong to it: what grows for days must not hide itself."""
LEAST_SPIKE = 3.0
"""No alarm for fewer bad reviews than this on a day."""
CALM, LASTING = 3, 28
CALM_FROM = 0.05
LEAST_SHIFT = 1.25


def judge(series: Series, watched: Watched, past: Sequence[Past], day: date) -> Raised | Closed | None:
    """What the day changes; it must be one of the series' days. Days up to the last decision are settled: None."""
    if past and day <= past[-1].settled:
        return None
    judged = series.judged(watched.measure)
    at = series.at(day)
    if past and past[-1].last is None:
        return _closed(series, judged, watched, past, at)
    return _spike(series, judged, watched, past, at) or _shift(series, judged, watched, past, at)


def run(series: Series, watched: Watched, past: Sequence[Past], since: date, until: date) -> list[Raised | Closed]:
    """The decisions of these days, one after the other."""
    known, found = list(past), []
    day = max(since, series.first)
    while day <= until:
        decision = judge(series, watched, known, day)
        if decision is not None:
            found.append(decision)
            known = with_decision(known, decision)
        day += timedelta(days=1)
    return found


def with_decision(past: Sequence[Past], decision: Raised | Closed) -> list[Past]:
    """The alarms after a decision."""
    if isinstance(decision, Raised):
        return [*past, Past(decision.first, decision.day)]
    return [*past[:-1], past[-1]._replace(last=decision.day, lasting=decision.reason == NEW_LEVEL)]


def usable(series: Series, past: Sequence[Past]) -> Numbers:
    """1 for each day that is usual: none of an open alarm, and none before a level that has become normal.

    Days of alarms that ended count again: the regression gives them less weight, and in a series of bursts they are usual.
    """
    days = np.ones(len(series))
    for each in past:
        first = max(series.at(each.first), 0)
        if each.lasting:
            days[:first] = 0
        elif each.last is None:
            days[first:] = 0
    return days


def _baseline(series: Series, judged: Judged, past: Sequence[Past], before: int) -> Baseline | None:
    """From the last MEMORY usual days before an index; from up to LONG_MEMORY where so few days bring too little."""
    usual = np.flatnonzero(usable(series, past)[: max(before, 0)])[-LONG_MEMORY:]
    return fitted(series, judged, usual[-remembered(judged.y[usual]) :])


def remembered(y: Numbers) -> int:
    """How many of the last days a baseline needs."""
    sums = np.cumsum(y[::-1])
    return max(MEMORY, int(np.searchsorted(sums, ENOUGH)) + 1)


def _spike(series: Series, judged: Judged, watched: Watched, past: Sequence[Past], at: int) -> Raised | None:
    if judged.exposure[at] <= 0:
        return None
    recent = judged.y[max(0, at - MEMORY) : at + 1].sum(), judged.exposure[max(0, at - MEMORY) : at + 1].sum()
    usual = recent[0] / recent[1] * judged.exposure[at]
    if len(watched.directions) == 1 and judged.y[at] <= max(usual, LEAST_SPIKE - 1):
        return None  # most days: nothing to fit
    baseline = _baseline(series, judged, past, at - GAP)
    return _judged_run(series, judged, watched, baseline, np.array([at]), "spike", watched.spike_bar)


def _shift(series: Series, judged: Judged, watched: Watched, past: Sequence[Past], at: int) -> Raised | None:
    start = last_change(judged, usable(series, past), at)
    if start is None or (past and past[-1].last and series.day(start) <= past[-1].last):
        return None
    days = np.arange(start, at + 1)
    baseline = _baseline(series, judged, past, start)
    return _judged_run(series, judged, watched, baseline, days, "shift", watched.shift_bar)


def _judged_run(
    series: Series, judged: Judged, watched: Watched, baseline: Baseline | None, days: NDArray[np.int64], kind: Kind,
    bar: float,
) -> Raised | None:  # fmt: skip
    if baseline is None:
        return None
    expected, observed = baseline.expected(days, judged.exposure[days]), float(judged.y[days].sum())
    for direction in watched.directions:
        surprise = _surprise(observed, expected.mean, expected.variance, direction, judged)
        ratio = observed / expected.mean if direction == "up" else expected.mean / max(observed, 0.5)
        enough = direction == "down" or not judged.whole or observed >= LEAST_SPIKE
        if surprise < bar and enough and (kind == "spike" or ratio >= LEAST_SHIFT):
            found = series.day(int(days[-1])), series.day(int(days[0])), kind, direction
            return Raised(*found, observed, expected.mean, float(judged.exposure[days].sum()), surprise)
    return None


def _surprise(observed: float, mean: float, variance: float, direction: Direction, judged: Judged) -> float:
    if direction == "up":
        return surprise_above(observed, mean, variance, whole=judged.whole)
    return surprise_below(observed, mean, variance)


def _closed(series: Series, judged: Judged, watched: Watched, past: Sequence[Past], at: int) -> Closed | None:
    """Calm days are counted from the day after the one that raised the alarm."""
    opened, day = past[-1], series.day(at)
    if (day - opened.first).days >= LASTING:
        return Closed(day, "new_level")
    first = series.at(opened.first)
    informative = [each for each in range(series.at(opened.raised) + 1, at + 1) if judged.exposure[each] > 0][-CALM:]
    baseline = _baseline(series, judged, past, first)
    if baseline is None or len(informative) < CALM or informative[-1] != at:
        return None
    runs = [np.array([each]) for each in informative] + [np.array(informative)]
    for run_ in runs:
        expected = baseline.expected(run_, judged.exposure[run_])
        for direction in watched.directions:
            observed = float(judged.y[run_].sum())
            if _surprise(observed, expected.mean, expected.variance, direction, judged) < CALM_FROM:
                return None
    return Closed(day, "back_to_normal")
