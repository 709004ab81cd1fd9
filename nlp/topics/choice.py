"""How many topics: of the numbers that are stable the one whose topics are most coherent."""

from __future__ import annotations

import numpy as np

from nlp.topics.clusters import cold
from nlp.topics.stability import stability
from nlp.topics.words import Words, coherence, keywords
from nlp.vectors import Vectors
from schemas.topic_parts import TopicCount

COUNTS = (3, 4, 6, 8, 10, 12, 15, 20, 25)
ROUNDS, TURNS = 20, 2
"""Of k-means, and of halving the reviews: enough to compare numbers."""
LEAST_MEMBERS = 15
"""Reviews a topic: no more topics are tried than give each so many."""
STABLE, NEARLY = 0.6, 0.05
"""Topics that half of the reviews put together otherwise say more of the sample than of the reviews."""
COMPARED = 3_000
"""Reviews that numbers are compared on; more change little and cost seconds each."""


def counts_for(reviews: int) -> list[int]:
    """The numbers of topics that so many reviews may have; 2 at least."""
    return [count for count in COUNTS if count * LEAST_MEMBERS <= reviews] or [min(2, reviews)]


def choose(vectors: Vectors, words: Words, *, seed: int) -> tuple[int, tuple[TopicCount, ...]]:
    """The chosen number, and all that were compared."""
    rows = np.sort(np.random.default_rng(seed).permutation(len(vectors))[:COMPARED])
    sample, of_sample = vectors[rows], words.of(rows)
    tried = tuple(_tried(sample, of_sample, count, seed=seed) for count in counts_for(len(vectors)))
    return best(tried).topics, tried


def best(tried: tuple[TopicCount, ...]) -> TopicCount:
    """The most coherent of those that are stable enough; where none is, of those nearly as stable as the stablest."""
    most = max(one.stability for one in tried)
    stable = [one for one in tried if one.stability >= min(STABLE, most - NEARLY)]
    return max(stable, key=lambda one: one.coherence)


def _tried(vectors: Vectors, words: Words, count: int, *, seed: int) -> TopicCount:
    _, groups = cold(vectors, count, seed=seed, starts=3, rounds=ROUNDS)
    found = [coherence(words, named) for named in keywords(words, groups, count)]
    stable = float(np.mean([stability(vectors, count, seed=seed + turn) for turn in range(TURNS)]))
    return TopicCount(count, round(float(np.mean(found)), 4), round(stable, 4))
