"""How probably a text is positive, by its vector of multilingual-e5-small, and what may be said of it in its language.

A text is called positive or negative only where texts of its language were measured, and only from a probability on that was right often
enough there: nlp/heads/languages.tsv. Everything else is `undetermined`, never `neutral`: the head was trained on two classes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from nlp.encoders.e5_file import Floats
from nlp.model import Label

FILE = Path(__file__).with_name("multilingual.json")
TABLE = Path(__file__).with_name("languages.tsv")
_PLACES = 4  # a vector differs by less between processors and batches
Probabilities = npt.NDArray[np.float64]


class Band(NamedTuple):
    """From which probability on a text is positive, and up to which it is negative."""

    positive_from: float
    negative_to: float


class MultilingualHead:
    """Reads 3 kB."""

    def __init__(self, path: Path = FILE) -> None:
        head = json.loads(path.read_text("ascii"))
        self._weights = np.array(head["weights"])
        self._bias = float(head["bias"])
        self.encoder: str = head["encoder"]

    def positive(self, vectors: Floats) -> Probabilities:
        """The probability that each of two classes is the positive one: (n, 384) becomes (n,), in four places."""
        odds = vectors.astype(np.float64) @ self._weights + self._bias
        p: Probabilities = np.round(1 / (1 + np.exp(-np.clip(odds, -50, 50))), _PLACES)
        return p


def label_of(p: float, language: str) -> Label:
    """What may be said of a text in that language (ISO 639-1)."""
    band = bands().get(language)
    if band is None:
        return "undetermined"
    if p >= band.positive_from:
        return "positive"
    return "negative" if p <= band.negative_to else "undetermined"


def score_of(p: float) -> float:
    """The probability as a score in [-1, 1]."""
    return round(2 * p - 1, _PLACES)


@cache
def bands() -> Mapping[str, Band]:
    """Of the languages in which something may be said."""
    lines = TABLE.read_text("ascii").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {row[0]: Band(float(row[1]), float(row[2])) for row in rows if row[1] != "-"}


def calibration_error(p: npt.NDArray[Any], truth: npt.NDArray[Any], bins: int = 10) -> float:
    """Expected calibration error: how far probability and share of positives are apart, in bins of equal width."""
    places = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [abs(p[places == i].mean() - truth[places == i].mean()) * (places == i).mean() for i in set(places.tolist())]
    return float(sum(gaps))
