"""A calibration is a monotone curve, holds for one processing version, and is named by its number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.calibration.calibration import Calibrations, Fitted, change, clear, version_of
from aggregates.calibration.curve import calibrated, check
from schemas.errors import InvalidInput, NotAllowed
from schemas.events.calibration import CalibrationChanged
from tests.aggregates.making import NOW

TENANT = UUID(int=7)
PLATT = Fitted("platt", "9", (0.5, -0.2), (), "stars", 400, 0.2, 0.15)
UNIT = st.floats(0, 1)
STEPS = st.lists(st.tuples(UNIT, UNIT), min_size=2, max_size=30, unique_by=lambda pair: pair[0])


def changed(has: Calibrations, fitted: Fitted = PLATT, **more: Any) -> Calibrations:
    settings: dict[str, Any] = {"negative_below": 0.4, "positive_from": 0.6, "who": "ann", "now": NOW}
    return has.after(change(has, fitted, **(settings | more)))


def curve(method: str, inputs: tuple[float, ...], outputs: tuple[float, ...]) -> CalibrationChanged:
    has = changed(Calibrations(TENANT), replace(PLATT, method=method, inputs=inputs, outputs=outputs))
    return has.history[0]


@given(st.floats(0.01, 50), st.floats(-50, 50), UNIT, UNIT)
def test_platt_keeps_the_order_of_reviews(slope: float, intercept: float, one: float, other: float) -> None:
    by = curve("platt", (slope, intercept), ())
    low, high = (calibrated(by, each) for each in sorted((one, other)))
    assert 0 <= low <= high <= 1


@given(STEPS, UNIT, UNIT)
def test_isotonic_keeps_the_order_of_reviews(steps: list[tuple[float, float]], one: float, other: float) -> None:
    inputs, outputs = (tuple(sorted(each)) for each in zip(*steps, strict=True))
    by = curve("isotonic", inputs, outputs)
    low, high = (calibrated(by, each) for each in sorted((one, other)))
    assert 0 <= low <= high <= 1


def test_between_points_is_a_straight_line_and_beyond_them_a_level() -> None:
    by = curve("isotonic", (0.2, 0.6), (0.1, 0.5))
    assert [calibrated(by, each) for each in (0.0, 0.2, 0.3, 0.6, 1.0)] == [0.1, 0.1, 0.2, 0.5, 0.5]
    even = curve("platt", (1.0, 0.0), ())
    assert [calibrated(even, each) for each in (0.0, 0.25, 0.5, 1.0)] == [0.0001, 0.25, 0.5, 0.9999]


def test_the_last_one_holds_for_its_version_and_earlier_ones_can_be_named() -> None:
    has = changed(changed(Calibrations(TENANT)), replace(PLATT, inputs=(0.7, 0.0)))
    assert has.versions("9") == ["9+calibration.1", "9+calibration.2"]
    current = has.current("9")
    assert current is not None
    assert version_of("9", current) == "9+calibration.2"
    assert (has.current("10"), has.versions("10"), has.named("10", "10+calibration.2")) == (None, [], None)
    first = has.named("9", "9+calibration.1")
    assert first is not None
    assert first.number == 1
    assert has.named("9", "9+calibration.01") is None
    cleared = has.after(clear(has, who="ann", now=NOW))
    assert (cleared.current("9"), len(cleared.versions("9"))) == (None, 2)
    with pytest.raises(NotAllowed, match="nothing to clear"):
        clear(cleared, who="ann", now=NOW)


def test_the_same_one_again_changes_nothing() -> None:
    has = changed(Calibrations(TENANT))
    assert changed(has, who="bob") == has
    assert len(changed(has, negative_below=0.3).history) == 2


@pytest.mark.parametrize(
    ("changes", "more", "names"),
    [
        ({"method": "spline"}, {}, "platt or isotonic"),
        ({"inputs": (-1.0, 0.0)}, {}, "slope above 0"),
        ({"inputs": (float("nan"), 0.0)}, {}, "not NaN"),
        ({"method": "isotonic", "inputs": (0.2, 0.1), "outputs": (0.1, 0.2)}, {}, "ascend"),
        ({"method": "isotonic", "inputs": (0.1, 0.2), "outputs": (0.3, 0.2)}, {}, "ascend"),
        ({"method": "isotonic", "inputs": (0.1, 0.2), "outputs": (0.3, 1.2)}, {}, "from 0 to 1"),
        ({"reviews": 199}, {}, "too few"),
        ({"error_after": 0.2}, {}, "does not help"),
        ({"base_version": "9+calibration.1"}, {}, "without any calibration"),
        ({}, {"negative_below": 0.7}, "--positive-from"),
    ],
)
def test_what_is_no_calibration_is_refused(changes: dict[str, Any], more: dict[str, Any], names: str) -> None:
    with pytest.raises(InvalidInput, match=names):
        changed(Calibrations(TENANT), replace(PLATT, **changes), **more)


def test_a_curve_of_too_many_points_is_refused() -> None:
    points = tuple(each / 2000 for each in range(1001))
    with pytest.raises(InvalidInput, match="2 to 1000 points"):
        check("isotonic", points, points)
