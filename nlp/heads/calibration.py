"""How far probabilities are from what comes true."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt


class Bin(NamedTuple):
    """Texts whose probabilities are near each other."""

    texts: int
    predicted: float
    """Mean probability."""
    observed: float
    """Share that was positive."""


def reliability(p: npt.NDArray[Any], truth: npt.NDArray[Any], bins: int = 10) -> list[Bin]:
    """Of bins of equal width, those with texts, in order."""
    places = np.minimum((p * bins).astype(int), bins - 1)
    return [
        Bin(int((places == i).sum()), float(p[places == i].mean()), float(truth[places == i].mean()))
        for i in sorted(set(places.tolist()))
    ]


def calibration_error(p: npt.NDArray[Any], truth: npt.NDArray[Any], bins: int = 10) -> float:
    """Expected calibration error: the mean distance of probability and share over bins, weighed by their texts; 0 without any."""
    found = reliability(p, truth, bins)
    return sum(each.texts * abs(each.predicted - each.observed) for each in found) / max(len(p), 1)
