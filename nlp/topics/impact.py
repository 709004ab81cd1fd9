"""What topics go along with: their effect on the rating and on the share of negative reviews, with intervals.

Ridge regression (Hoerl and Kennard 1970) on which topics a review has, with its source and month as controls, and
percentile intervals of a seeded bootstrap over reviews. It says what goes along with a topic, not what causes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

PENALTY = 1.0
DRAWS = 200
SEED = 15
LEAST_REVIEWS = 10
"""Topics in fewer reviews get no estimate."""
MOST_SOURCES, MOST_MONTHS = 20, 60
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """One review: what it is about, what is held equal, and its outcome; None where it has none."""

    about: tuple[str, ...]
    source: str
    month: str
    outcome: float | None


@dataclass(frozen=True, slots=True)
class Effect:
    """By how much the outcome differs for reviews with the topic, others being equal; 95 of 100 draws lie between."""

    topic_id: str
    reviews: int
    effect: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Effects:
    """`reviews` had an outcome; `too_few` are topics in fewer than ten of them."""

    effects: tuple[Effect, ...]
    reviews: int
    too_few: tuple[str, ...]


def effects(cases: Sequence[Case], *, draws: int = DRAWS, seed: int = SEED) -> Effects:
    """The effect of each topic, strongest first. The same cases give the same numbers."""
    known = [case for case in cases if case.outcome is not None]
    counts = Counter(topic for case in known for topic in set(case.about))
    topics = sorted(topic for topic, count in counts.items() if LEAST_REVIEWS <= count < len(known))
    few = tuple(sorted(set(counts) - set(topics)))
    if not topics:
        return Effects((), len(known), few)
    features = _features(known, topics)
    outcomes = np.array([case.outcome for case in known], float)
    middle = _ridge(features, outcomes, np.ones(len(known)))[: len(topics)]
    low, high = _interval(features, outcomes, len(topics), draws=draws, seed=seed)
    made = [
        Effect(topic, counts[topic], *(round(float(value), 4) for value in (middle[i], low[i], high[i])))
        for i, topic in enumerate(topics)
    ]
    return Effects(tuple(sorted(made, key=lambda one: (-abs(one.effect), one.topic_id))), len(known), few)


def _features(cases: Sequence[Case], topics: Sequence[str]) -> Floats:
    """Columns: topics, sources and months (without the most frequent, which is what others differ from), a constant."""
    sources = [name for name, _ in Counter(case.source for case in cases).most_common(MOST_SOURCES)][1:]
    months = [name for name, _ in Counter(case.month for case in cases).most_common(MOST_MONTHS)][1:]
    columns = [[topic in case.about for case in cases] for topic in topics]
    columns += [[case.source == source for case in cases] for source in sources]
    columns += [[case.month == month for case in cases] for month in months]
    return np.array([*columns, [True] * len(cases)], float).T


def _ridge(features: Floats, outcomes: Floats, weights: Floats) -> Floats:
    """Coefficients; the constant, last, is not drawn towards 0."""
    weighted = features * weights[:, None]
    penalty = np.full(features.shape[1], PENALTY)
    penalty[-1] = 1e-9
    solved = np.linalg.solve(weighted.T @ features + np.diag(penalty), weighted.T @ outcomes)
    return np.asarray(solved, np.float64)


def _interval(features: Floats, outcomes: Floats, topics: int, *, draws: int, seed: int) -> tuple[Floats, Floats]:
    random, count = np.random.default_rng(seed), len(outcomes)
    drawn = [
        _ridge(features, outcomes, np.bincount(random.integers(0, count, count), minlength=count).astype(float))[
            :topics
        ]
        for _ in range(draws)
    ]
    low, high = np.percentile(np.array(drawn), (2.5, 97.5), axis=0)
    return low, high
