"""What a probability becomes by a calibration. Pure, and monotone: of two reviews, the likelier one stays so."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence

from schemas.errors import InvalidInput
from schemas.events.calibration import CalibrationChanged

PLATT, ISOTONIC, NONE = "platt", "isotonic", "none"
EDGE = 1e-4
"""Probabilities are kept so far from 0 and 1 before their log-odds are taken."""
MOST_POINTS = 1000


def calibrated(by: CalibrationChanged, probability: float) -> float:
    """The tenant's own probability, rounded to 4 places."""
    if by.method == PLATT:
        slope, intercept = by.inputs
        value = slope * log_odds(probability) + intercept
        return round(1 / (1 + math.exp(-value)) if value >= 0 else math.exp(value) / (1 + math.exp(value)), 4)
    return round(_between(by.inputs, by.outputs, probability), 4) if by.method == ISOTONIC else probability


def log_odds(probability: float) -> float:
    """Of a probability that is kept off 0 and 1."""
    kept = min(max(probability, EDGE), 1 - EDGE)
    return math.log(kept / (1 - kept))


def check(method: str, inputs: Sequence[float], outputs: Sequence[float]) -> None:
    """Raises InvalidInput for what is no curve, or turns the order of reviews round."""
    if not all(math.isfinite(each) for each in (*inputs, *outputs)):
        raise InvalidInput("inputs: are numbers, not NaN or infinite", field="inputs")
    if method == PLATT:
        if len(inputs) != 2 or outputs or not 0 < inputs[0] <= 100 or abs(inputs[1]) > 100:
            raise InvalidInput("inputs: of platt are a slope above 0 and an intercept, both up to 100", field="inputs")
    elif method == ISOTONIC:
        same = 2 <= len(inputs) == len(outputs) <= MOST_POINTS
        if not same or not all(0 <= each <= 1 for each in (*inputs, *outputs)):
            raise InvalidInput(
                f"inputs: of isotonic are 2 to {MOST_POINTS} points with as many outputs, all from 0 to 1",
                field="inputs",
            )
        if sorted(set(inputs)) != list(inputs) or sorted(outputs) != list(outputs):
            raise InvalidInput("inputs: of isotonic ascend, and so do outputs", field="inputs")
    else:
        raise InvalidInput("method: is platt or isotonic", field="method")


def _between(inputs: Sequence[float], outputs: Sequence[float], at: float) -> float:
    right = bisect_right(inputs, at)
    if right in {0, len(inputs)}:
        return outputs[0] if right == 0 else outputs[-1]
    left = right - 1
    part = (at - inputs[left]) / (inputs[right] - inputs[left])
    return outputs[left] + part * (outputs[right] - outputs[left])
