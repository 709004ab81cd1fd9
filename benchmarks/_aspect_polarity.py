"""Polarity of clauses by VADER, and by heads on encoders that were trained without Hu and Liu's sentences.

vaderSentiment's Amazon snippets come from those reviews, so here heads see its films and tweets only.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks._hu_liu import Sentence, term_at
from connectors.sdist import fetch_sdist
from nlp.aspects.clauses import clauses, tokens
from nlp.aspects.judging import combined
from nlp.heads.data import ground_truth, parsed, requirement

CHOSEN = (("movieReviewSnippets", 4500), ("tweets", 3500))
LONGEST = 400
P = Sequence[float | None]


class Judged(NamedTuple):
    """A label, whether its sentence has opposite ones, and the probability of the clause (the sentence where the term is not in it)."""

    positive: bool
    opposite: bool
    p: float | None


def training(cache: Path) -> tuple[list[str], list[bool]]:
    """Films and tweets, and whether people found them positive. Raises Unavailable."""
    archive = fetch_sdist(requirement(), cache)
    texts = []
    for name, count in CHOSEN:
        every = [each for each in parsed(ground_truth(archive, f"{name}_GroundTruth.txt")) if each.is_clear]
        texts += random.Random(0).sample(every, min(count, len(every)))
    return [each.text[:LONGEST] for each in texts], [each.mean > 0 for each in texts]


class Vader:
    """The compound score as log-odds; no evidence where no word has a valence."""

    def __init__(self) -> None:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

        self._analyzer = SentimentIntensityAnalyzer()

    def __call__(self, texts: Sequence[str]) -> P:
        scores = [self._analyzer.polarity_scores(text)["compound"] for text in texts]
        return [float(1 / (1 + np.exp(-3 * score))) if score else None for score in scores]

    def features(self, texts: Sequence[str]) -> np.ndarray:
        """Compound, shares, and both sides of the authors' cuts, weighed up: one column among 384 is soon lost."""
        scores = [self._analyzer.polarity_scores(text) for text in texts]
        columns = [(s["compound"], s["pos"], s["neg"], s["compound"] >= 0.05, s["compound"] <= -0.05) for s in scores]
        return 3 * np.array(columns, float)


class Head:
    """A logistic regression on an encoder's vectors, with VADER's features or without."""

    def __init__(self, encoder: Any, vader: Vader | None, texts: Sequence[str], positive: Sequence[bool]) -> None:
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        self._encoder, self._vader = encoder, vader
        self._model = make_pipeline(
            StandardScaler(), LogisticRegression(C=1e-3, max_iter=3000, class_weight="balanced")
        )
        self._model.fit(self._given(texts), positive)

    def __call__(self, texts: Sequence[str]) -> P:
        return [float(p) for p in self._model.predict_proba(self._given(texts))[:, 1]] if texts else []

    def _given(self, texts: Sequence[str]) -> np.ndarray:
        vectors = self._encoder.embed(texts)
        return vectors if self._vader is None else np.hstack([vectors, self._vader.features(texts)])


def judged(every: Sequence[Sentence], polarity: Any) -> list[Judged]:
    """Each label of the sentences, by the clause that its term is in."""
    words = {each.text: tokens(each.text) for each in every if each.labels}
    split = {text: clauses(its) for text, its in words.items()}
    of = {
        text: [text[words[text][c.first].start : words[text][c.end - 1].end] for c in its]
        for text, its in split.items()
    }
    asked = list(dict.fromkeys(clause for its in of.values() for clause in its))
    said = dict(zip(asked, polarity(asked), strict=True))
    found = []
    for each in every:
        for label in each.labels:
            own = [said[clause] for clause in of[each.text]]
            sentence = [(p, c.end - c.first) for p, c in zip(own, split[each.text], strict=True)]
            at = None if label.implicit else term_at(each.text, label.key)
            number = next(
                (
                    i
                    for i, c in enumerate(split[each.text])
                    if at is not None and words[each.text][c.end - 1].start >= at
                ),
                None,
            )
            p = _mean(sentence) if number is None else combined(own[number], sentence)
            found.append(Judged(label.positive, each.opposite, p))
    return found


def _mean(sentence: Sequence[tuple[float | None, int]]) -> float | None:
    heard = [(p, length) for p, length in sentence if p is not None]
    return sum(p * length for p, length in heard) / sum(length for _, length in heard) if heard else None


def macro_f1(found: Sequence[Judged], *, band: tuple[float, float] = (0.5, 0.5)) -> tuple[float, float]:
    """Macro F1 where it is decided, and the share that is: p outside of `band`. No evidence is undecided, unless there is no band."""
    from sklearn.metrics import f1_score

    forced = band[0] == band[1]
    decided = [one for one in found if forced or (one.p is not None and not band[0] < one.p < band[1])]
    said = [(0.5 if one.p is None else one.p) > 0.5 for one in decided]
    return float(f1_score([one.positive for one in decided], said, average="macro")), len(decided) / len(found)
