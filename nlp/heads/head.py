"""What a sentence's vector says of it: how people would rate it, and from that how probably a text is positive.

A head is linear: valence = weights · vector + feature_weights · features + bias, on the scale of the ratings it was
trained on (-4 to 4). A text's probability is a logistic of its sentences' mean valence, which counts the more the more
sentences agree: p = 1 / (1 + exp(-(slope · mean · n^GROWTH + shift))). `train.py` makes heads.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nlp.vectors import Vectors

GROWTH = 0.3
"""Chosen on one half of labelled reviews (benchmarks/sentiment.py); with 0 long texts are too unsure, with .5 too sure."""
PLACES = 4  # vectors differ by less between processors
Numbers = npt.NDArray[np.float64]


class Head:
    """Reads 3 kB."""

    def __init__(self, path: Path) -> None:
        data = path.read_bytes()
        head = json.loads(data)
        self._weights = np.array(head["weights"])
        self._feature_weights = np.array(head["feature_weights"])
        self._bias, self._slope, self._shift = (float(head[name]) for name in ("bias", "slope", "shift"))
        self.encoder: str = head["encoder"]
        """Name and version of the one whose vectors it reads."""
        self.name = f"head {hashlib.sha256(data).hexdigest()[:8]}"

    def valences(self, vectors: Vectors, features: Numbers) -> Numbers:
        """(n, dimensions) and (n, features) become (n,)."""
        found: Numbers = vectors.astype(np.float64) @ self._weights + features @ self._feature_weights + self._bias
        return found

    def probability(self, valences: Numbers) -> float:
        """That a text of these sentences is positive; of none, 0.5."""
        if not len(valences):
            return 0.5
        return self.probabilities(np.array([valences.mean()]), np.array([len(valences)]))[0]

    def probabilities(self, means: Numbers, counts: npt.NDArray[np.int_]) -> list[float]:
        """Of texts with these mean valences and numbers of sentences."""
        odds = self._slope * means * counts**GROWTH + self._shift
        p: list[float] = np.round(1 / (1 + np.exp(-np.clip(odds, -50, 50))), PLACES).tolist()
        return p

    def without_each(self, valences: Numbers) -> list[float]:
        """The probability of the text without its first sentence, its second, …; without its only one, 0.5."""
        n = len(valences)
        if n < 2:
            return [0.5] * n
        return self.probabilities((valences.sum() - valences) / (n - 1), np.full(n, n - 1))
