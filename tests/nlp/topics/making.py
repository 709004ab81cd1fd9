"""Reviews about made-up things, with vectors around a direction for each thing."""

from __future__ import annotations

import numpy as np

from nlp.topics.model import Sample
from nlp.vectors import packed

THINGS = (
    ("boarding", "gate", "queue"),
    ("breakfast", "coffee", "bread"),
    ("pillow", "mattress", "blanket"),
    ("wifi", "password", "router"),
)
DIMENSIONS = 24


def sample(count: int, *, seed: int = 1, noise: float = 0.12, first: int = 0, things: int = len(THINGS)) -> Sample:
    """Reviews `first` to `first + count`; each has the same vector whenever it is made."""
    vectors, texts = [], []
    for number in range(first, first + count):
        random = np.random.default_rng([seed, number])
        thing = number % things
        vector = random.normal(0, noise, DIMENSIONS)
        vector[thing] += 1
        vectors.append(packed(vector))
        texts.append(f"The {' and the '.join(random.permutation(THINGS[thing])[:2])} were great, person{number}.")
    names = tuple(f"r{number}" for number in range(first, first + count))
    return Sample(names, tuple(vectors), tuple(texts), ("en",) * count, frozenset({"harbour-hotel"}))
