"""Which topics a review has: the angle between its vector and the topics' centres, as a confidence.

Vectors and centres are whole numbers, and their products are summed exactly: a review's topics do not depend on the
reviews that are assigned with it, nor on the machine, so assigning twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from schemas.parts import TopicShare

MOST = 3
"""Topics of a review."""
SECOND = 0.2
"""The least confidence of a review's second and third topic."""
BLOCK = 20_000
"""Reviews that are compared at a time: 100 MB or so with 384 numbers each."""
Floats = npt.NDArray[np.float64]
DIGITS = 3


class Assigner:
    """Compares vectors with centres. `owners` are the topics that the centres stand for, of which several may be one.

    `sharpness` multiplies cosines before the softmax; below `least_confidence`, or farther than `least_cosine`, a
    review has no topic.
    """

    def __init__(
        self,
        centres: Sequence[bytes],
        owners: Sequence[str],
        *,
        sharpness: float,
        least_confidence: float,
        least_cosine: float,
    ) -> None:
        self._centres = _numbers(centres)
        self._topics = list(dict.fromkeys(owners))
        place = {topic: number for number, topic in enumerate(self._topics)}
        self._owners = np.array([place[owner] for owner in owners], np.intp)
        self._sharpness, self._least, self._cosine = sharpness, least_confidence, least_cosine

    @property
    def dimensions(self) -> int:
        """Numbers of a vector."""
        return int(self._centres.shape[1])

    def shares(self, vectors: Sequence[bytes]) -> list[tuple[TopicShare, ...]]:
        """At most three topics of each vector, the surest first; none where none is near. Vectors have one length."""
        made: list[tuple[TopicShare, ...]] = []
        for start in range(0, len(vectors), BLOCK):
            made += self._block(_numbers(vectors[start : start + BLOCK]))
        return made

    def nearest(self, vectors: Sequence[bytes]) -> npt.NDArray[np.intp]:
        """The index of each vector's nearest centre."""
        blocks = [_cosines(_numbers(vectors[i : i + BLOCK]), self._centres) for i in range(0, len(vectors), BLOCK)]
        return np.concatenate([block.argmax(axis=1) for block in blocks] or [np.empty(0, np.intp)])

    def _block(self, vectors: Floats) -> list[tuple[TopicShare, ...]]:
        cosines = _cosines(vectors, self._centres)
        confidences = np.zeros((len(vectors), len(self._topics)))
        for column, owner in zip(softmax(cosines * self._sharpness).T, self._owners, strict=True):
            confidences[:, owner] += column
        confidences = np.minimum(confidences.round(DIGITS), 1.0)
        order = np.argsort(-confidences, axis=1, kind="stable")[:, :MOST]
        near = cosines.max(axis=1) >= self._cosine
        return [self._of(row, best) if close else () for row, best, close in zip(confidences, order, near, strict=True)]

    def _of(self, row: Floats, best: npt.NDArray[np.intp]) -> tuple[TopicShare, ...]:
        if row[best[0]] < self._least:
            return ()
        kept = [best[0], *(each for each in best[1:] if row[each] >= SECOND)]
        return tuple(TopicShare(self._topics[each], float(row[each])) for each in kept)


def with_examples(
    review_id: str, shares: tuple[TopicShare, ...], examples: Mapping[str, str]
) -> tuple[TopicShare, ...]:
    """The shares, or, of a review that somebody gave as an example, that topic first and for certain."""
    topic = examples.get(review_id)
    if topic is None:
        return shares
    return (TopicShare(topic, 1.0), *(share for share in shares if share.topic_id != topic))[:MOST]


def softmax(values: Floats) -> Floats:
    """Along the last axis."""
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _numbers(vectors: Sequence[bytes]) -> Floats:
    return np.frombuffer(b"".join(vectors), np.int8).reshape(len(vectors), -1).astype(np.float64)


def _cosines(vectors: Floats, centres: Floats) -> Floats:
    """Products and squares are whole numbers far below 2**53, so that no order of summing changes them."""
    lengths = np.sqrt((vectors * vectors).sum(axis=1))[:, None] * np.sqrt((centres * centres).sum(axis=1))[None, :]
    return np.asarray((vectors @ centres.T) / np.maximum(lengths, 1e-12))
