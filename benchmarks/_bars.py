"""Chooses the calibration and the bars of a language on labelled texts."""

from __future__ import annotations

import numpy as np

from nlp.heads.bars import Bars

GOAL = 0.90
MARGIN = 0.01  # above the goal, on the half that bars are chosen on
LEAST = 20  # decided texts that a bar has to rest on
STEPS = np.arange(0.50, 0.96, 0.01)
ENGLISH = 0.60
"""English texts are called what they are probably: the raters of the training sentences were of two minds nearer to one half."""


def chosen(p: np.ndarray, sign: np.ndarray, *, recalibrate: bool) -> Bars:
    """With a calibration of its own, and for each sign the widest band in which these texts are right often enough."""
    if not recalibrate:
        return Bars(1.0, 0.0, ENGLISH, round(1 - ENGLISH, 2))
    slope, shift = _calibration(p[sign != 0], sign[sign != 0])
    plain = Bars(slope, shift, None, None)
    q = np.array([plain.calibrated(float(each)) for each in p])
    up = next((bar for bar in STEPS if _is_right(sign, q >= bar, 1)), None)
    down = next((1 - bar for bar in STEPS if _is_right(sign, q <= 1 - bar, -1)), None)
    return Bars(slope, shift, *(None if bar is None else round(float(bar), 2) for bar in (up, down)))


def _calibration(p: np.ndarray, sign: np.ndarray) -> tuple[float, float]:
    """Platt's two numbers on the odds."""
    from sklearn.linear_model import LogisticRegression

    clipped = np.clip(p, 1e-6, 1 - 1e-6)
    model = LogisticRegression(C=1e6).fit(np.log(clipped / (1 - clipped))[:, None], sign > 0)
    return round(float(model.coef_[0, 0]), 3), round(float(model.intercept_[0]), 3)


def _is_right(sign: np.ndarray, decided: np.ndarray, wanted: int) -> bool:
    counted = sign[decided & (sign != 0)]
    return len(counted) >= LEAST and float(np.mean(counted == wanted)) >= GOAL + MARGIN
