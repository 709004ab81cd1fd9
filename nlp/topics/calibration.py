"""Confidence that means something: on average it is how often another fit puts a review into the same topic."""

from __future__ import annotations

import numpy as np

from nlp.topics.assignment import softmax
from nlp.vectors import Vectors

LEAST_CONFIDENCE = 0.3
FARTHEST = 2.0
"""Percentile of the sample's cosines below which a review has no topic: it is like none of them."""


def sharpness(vectors: Vectors, centres: Vectors, stable: float) -> float:
    """What cosines are multiplied with, so that the mean confidence of the first topic is `stable` (0 to 1)."""
    cosines = (vectors @ centres.T).astype(np.float64)
    low, high = 0.1, 300.0
    for _ in range(40):
        middle = (low * high) ** 0.5
        if softmax(cosines * middle).max(axis=1).mean() < stable:
            low = middle
        else:
            high = middle
    return round(high, 3)


def least_cosine(vectors: Vectors, centres: Vectors) -> float:
    """The cosine that two in a hundred of the sample's reviews do not reach."""
    return round(float(np.percentile((vectors @ centres.T).max(axis=1), FARTHEST)), 4)
