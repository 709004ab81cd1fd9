"""The words of reviews that can name a topic, and which name which, and how well they go together: NPMI."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.stop_words import is_stop, stop_words
from nlp.topics.clusters import Groups

WORD = re.compile(r"[^\W\d_][\w'\u2019]*", re.UNICODE)
MIN_REVIEWS = 3
"""A word in fewer reviews names nothing: it may be a person's."""
MOST_WORDS = 5_000
KEYWORDS = 10
MOST_CHARACTERS = 5_000
"""Of a text; what follows is not read for words."""


@cache
def praise() -> frozenset[str]:
    """Words that only praise or blame."""
    return frozenset((Path(__file__).parent / "praise.txt").read_text("utf8").split())


@dataclass(frozen=True, slots=True)
class Words:
    """Which of `names` stand in which review: `matrix` is sparse, reviews by words, 0 or 1."""

    names: npt.NDArray[Any]
    matrix: Any

    def of(self, rows: npt.NDArray[Any]) -> Words:
        """The words of some reviews."""
        return Words(self.names, self.matrix[rows])


def words_of(texts: Sequence[str], languages: Sequence[str], unwanted: Collection[str] = ()) -> Words:
    """The words in several of the texts, without stop words, bare praise, and `unwanted` names such as of sources."""
    from sklearn.feature_extraction.text import CountVectorizer

    left_out = praise() | {part.lower() for name in unwanted for part in WORD.findall(name)}
    documents = [_words(text, language, left_out) for text, language in zip(texts, languages, strict=True)]
    vectorizer = CountVectorizer(analyzer=_itself, binary=True, min_df=1, max_features=None)
    if not any(documents):
        return Words(np.empty(0, object), np.zeros((len(texts), 0)))
    matrix = vectorizer.fit_transform(documents).tocsc()
    often = np.asarray(matrix.sum(axis=0)).ravel()
    kept = np.flatnonzero((often >= MIN_REVIEWS) & (often <= max(MIN_REVIEWS, len(texts) * 0.5)))
    kept = np.sort(kept[np.argsort(-often[kept], kind="stable")[:MOST_WORDS]])
    return Words(vectorizer.get_feature_names_out()[kept], matrix[:, kept].tocsr())


def _itself(document: list[str]) -> list[str]:
    return document


def _words(text: str, language: str, left_out: Collection[str]) -> list[str]:
    stops = stop_words(language)
    found = (word.lower().replace("\u2019", "'").strip("'") for word in WORD.findall(text[:MOST_CHARACTERS]))
    return [
        word for word in found if 2 < len(word) <= 40 and word not in left_out and not is_stop(word, stops, language)
    ]


def keywords(words: Words, groups: Groups, count: int, limit: int = KEYWORDS) -> list[tuple[str, ...]]:
    """The words that tell each group from the others, best first: by their part in the relative entropy to all groups.

    Class-based TF-IDF (Grootendorst 2022) favours words that all groups have where there are few groups.
    """
    if not len(words.names):
        return [()] * count
    sums = np.vstack([np.asarray(words.matrix[groups == group].sum(axis=0)).ravel() for group in range(count)])
    share = sums / np.maximum(sums.sum(axis=1, keepdims=True), 1)
    usual = np.maximum(share.mean(axis=0, keepdims=True), 1e-12)
    weights = share * np.log(np.maximum(share, 1e-12) / usual)
    weights[sums < MIN_REVIEWS] = 0
    best = np.argsort(-weights, axis=1, kind="stable")[:, :limit]
    return [tuple(str(words.names[i]) for i in row if weights[group, i] > 0) for group, row in enumerate(best)]


def coherence(words: Words, of_topic: Sequence[str]) -> float:
    """Mean normalised pointwise mutual information of each two of the words within a review, -1 to 1; 0 for under two."""
    place = {str(name): number for number, name in enumerate(words.names)}
    chosen = [place[word] for word in of_topic if word in place]
    if len(chosen) < 2:
        return 0.0
    columns = words.matrix[:, chosen]
    reviews = columns.shape[0]
    together = np.asarray((columns.T @ columns).todense(), float) / reviews
    return float(np.mean([_npmi(together[a, b], together[a, a], together[b, b]) for a, b in _pairs(len(chosen))]))


def _pairs(count: int) -> list[tuple[int, int]]:
    return list(combinations(range(count), 2))


def _npmi(both: float, one: float, other: float) -> float:
    if both <= 0:
        return -1.0
    return 1.0 if both >= 1 else log(both / (one * other)) / -log(both)
