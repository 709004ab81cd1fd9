"""Finding topics in vectors and texts: for the first time, again from where they were, and within one topic."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

from nlp.topics import calibration
from nlp.topics.choice import best, choose
from nlp.topics.clusters import Groups, cold, settle
from nlp.topics.model import Fit, Found, Sample
from nlp.topics.stability import agreement, halves
from nlp.topics.words import Words, coherence, keywords, words_of
from nlp.vectors import Vectors, packed, unpacked
from schemas.errors import InvalidInput
from schemas.topic_parts import TopicCount

SEED = 15
LEAST_REVIEWS = 30


def first_fit(sample: Sample, *, count: int | None = None, seed: int = SEED) -> Fit:
    """Topics where there were none: `count` of them, or as many as are coherent and stable."""
    _check(sample, count)
    vectors, words = unpacked(list(sample.vectors)), _words(sample)
    tried: tuple[TopicCount, ...] = ()
    why = f"{count} were asked for"
    if count is None:
        count, tried = choose(vectors, words, seed=seed)
        chosen = best(tried)
        why = (
            f"of {', '.join(str(one.topics) for one in tried)} the most coherent ({chosen.coherence}) of those that are "
            f"stable ({chosen.stability})"
        )
    centres, groups = cold(vectors, count, seed=seed)
    return _fit(vectors, words, centres, groups, tried, why, seed=seed)


def warm_fit(sample: Sample, centres: Sequence[bytes], *, fixed: Collection[int] = (), seed: int = SEED) -> Fit:
    """The same topics moved to where their reviews are now; those at the indices `fixed` stay where they are."""
    vectors, words = unpacked(list(sample.vectors)), _words(sample)
    moved, groups = settle(vectors, unpacked(list(centres)), fixed=fixed)
    return _fit(vectors, words, moved, groups, (), "as many as before: it began with them", seed=seed)


def parts_of(sample: Sample, groups: Groups, group: int, count: int, *, seed: int = SEED) -> tuple[Found, ...]:
    """The reviews of one group in `count` parts."""
    rows = np.flatnonzero(groups == group)
    if len(rows) < count * 2:
        raise InvalidInput(
            f"into: the topic has {len(rows)} reviews in the sample, too few for {count} parts; take fewer",
            field="into",
        )
    vectors, words = unpacked([sample.vectors[row] for row in rows]), _words(sample)
    centres, inside = cold(vectors, count, seed=seed)
    return _found(vectors, words.of(rows), centres, inside, seed=seed)


def _check(sample: Sample, count: int | None) -> None:
    least = LEAST_REVIEWS if count is None else max(count * 2, 2)
    if len(sample.ids) < least:
        raise InvalidInput(
            f"reviews: {len(sample.ids)} have a vector of this encoder, and {least} are needed; publish more, or, where "
            "they were analysed by a tier without an encoder, `reviewstream reprocess` them",
            field="reviews",
        )


def _words(sample: Sample) -> Words:
    return words_of(sample.texts, sample.languages, sample.unwanted)


def _fit(
    vectors: Vectors,
    words: Words,
    centres: Vectors,
    groups: Groups,
    tried: tuple[TopicCount, ...],
    why: str,
    *,
    seed: int,
) -> Fit:
    found = _found(vectors, words, centres, groups, seed=seed)
    stable = float(np.average([one.stability for one in found], weights=[max(one.size, 1) for one in found]))
    return Fit(
        found=found,
        tried=tried,
        why=why,
        sharpness=calibration.sharpness(vectors, centres, min(max(stable, 0.35), 0.98)),
        least_confidence=calibration.LEAST_CONFIDENCE,
        least_cosine=calibration.least_cosine(vectors, centres),
        groups=groups,
    )


def _found(vectors: Vectors, words: Words, centres: Vectors, groups: Groups, *, seed: int) -> tuple[Found, ...]:
    count = len(centres)
    stable = _stabilities(vectors, groups, count, seed=seed)
    return tuple(
        Found(
            centre=packed(centre),
            keywords=named,
            size=int((groups == number).sum()),
            coherence=round(coherence(words, named), 4),
            stability=stable[number],
        )
        for number, (centre, named) in enumerate(zip(centres, keywords(words, groups, count), strict=True))
    )


def _stabilities(vectors: Vectors, groups: Groups, count: int, *, seed: int) -> list[float]:
    """Of each group the share of its rows that two fits on halves put together alike."""
    if len(vectors) < 4 * count:
        return [0.0] * count
    alike: npt.NDArray[np.bool_] = agreement(*halves(vectors, count, seed=seed), count)
    return [
        round(float(alike[groups == group].mean()), 4) if (groups == group).any() else 0.0 for group in range(count)
    ]
