"""Chooses the calibration and the bars of a language on labelled texts."""

from __future__ import annotations

import numpy as np

from nlp.heads.bars import Bars

GOAL = 0.90
MARGIN = 0.02  # above the goal, on the half that bars are chosen on
WORST = 0.80  # of one sign alone
PASSING = 0.80
"""AUC below which a language is not judged at all."""
LEAST = 20  # decided texts that a bar has to rest on, half as many of one sign
STEPS = np.arange(0.60, 0.96, 0.01)
ENGLISH = 0.60
"""English texts are called what they are probably: the raters of the training sentences were of two minds nearer to one half."""


def english(p: np.ndarray, sign: np.ndarray) -> Bars:
    """Calibrated by a slope alone, so that what is more probably positive stays so."""
    slope, _ = _calibration(p[sign != 0], sign[sign != 0], shifted=False)
    return Bars(slope, 0.0, ENGLISH, round(1 - ENGLISH, 2))


def chosen(p: np.ndarray, sign: np.ndarray) -> Bars:
    """With a calibration of its own, and one distance from both ends at which these texts are right often enough.

    One distance for both signs rests on twice as many texts as two; a sign that is wrong more often there is never said.
    """
    slope, shift = _calibration(p[sign != 0], sign[sign != 0], shifted=True)
    plain = Bars(slope, shift, None, None)
    q = np.array([plain.calibrated(float(each)) for each in p])
    if _auc(p[sign > 0], p[sign < 0]) < PASSING:
        return plain
    bar = next((each for each in STEPS if _right(q, sign, each) >= GOAL + MARGIN), None)
    if bar is None:
        return plain
    up, down = (_right(q, sign, bar, only) >= WORST for only in (1, -1))
    return Bars(slope, shift, round(float(bar), 2) if up else None, round(float(1 - bar), 2) if down else None)


def _calibration(p: np.ndarray, sign: np.ndarray, *, shifted: bool) -> tuple[float, float]:
    """Platt's two numbers on the odds."""
    from sklearn.linear_model import LogisticRegression

    clipped = np.clip(p, 1e-6, 1 - 1e-6)
    odds = np.log(clipped / (1 - clipped))[:, None]
    model = LogisticRegression(C=1e6, fit_intercept=shifted).fit(odds, sign > 0)
    return round(float(model.coef_[0, 0]), 3), round(float(model.intercept_[0]) if shifted else 0.0, 3)


def _auc(up: np.ndarray, down: np.ndarray) -> float:
    return float(np.mean((up[:, None] > down[None]) + 0.5 * (up[:, None] == down[None])))


def _right(q: np.ndarray, sign: np.ndarray, bar: float, only: int = 0) -> float:
    """How often what is said at this distance is right, of one sign or of both; 0 of too few texts."""
    said = np.where(q >= bar, 1, np.where(q <= 1 - bar, -1, 0))
    decided = (sign != 0) & (said != 0) & ((said == only) | (only == 0))
    return float(np.mean(said[decided] == sign[decided])) if decided.sum() >= (LEAST // 2 if only else LEAST) else 0.0
