"""How far topics depend on which reviews were looked at: fits on two halves, compared on all."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nlp.topics.clusters import Groups, cold, nearest
from nlp.vectors import Vectors

ROUNDS, STARTS = 15, 4


def stability(vectors: Vectors, count: int, *, seed: int) -> float:
    """Share of the rows that fits on two halves put into matching groups, 0 to 1."""
    one, other = halves(vectors, count, seed=seed)
    return float(agreement(one, other, count).mean())


def halves(vectors: Vectors, count: int, *, seed: int) -> tuple[Groups, Groups]:
    """Groups of all rows by a fit on each of two random halves."""
    order = np.random.default_rng(seed).permutation(len(vectors))
    parts = (order[: len(order) // 2], order[len(order) // 2 :])
    first, second = (cold(vectors[part], count, seed=seed, starts=STARTS, rounds=ROUNDS)[0] for part in parts)
    return nearest(vectors, first), nearest(vectors, second)


def agreement(one: Groups, other: Groups, count: int) -> npt.NDArray[np.bool_]:
    """For each row whether both groupings agree, when groups are matched so that most rows do."""
    from scipy.optimize import linear_sum_assignment

    table = np.zeros((count, count), np.int64)
    np.add.at(table, (one, other), 1)
    _, match = linear_sum_assignment(-table)
    return np.asarray(match[one] == other)
