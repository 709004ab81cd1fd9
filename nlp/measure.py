"""Sentiment by an encoder: how probably a text is positive, which sentences decided that, and the text's vector.

Sentences are embedded one by one. The text's vector is the mean of theirs, so topics, search and sentiment share one
pass; a sentence's weight is how much the probability falls when it is left out, which costs nothing more. Of texts with
more than MAX_SENTENCES, those that matter are read (nlp.sentences). Equal sentences ("Great app!") are embedded once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nlp.heads.bars import Bars, bars_of
from nlp.heads.head import Head, Numbers
from nlp.heads.kinds import Kind, features_of
from nlp.loading import encoder_of
from nlp.model import DecidingSentence, Embedding, Label, Sentiment, Span
from nlp.sentences import sentences_of, that_matter
from nlp.sentiment import Reading, SentimentAnalyzer
from nlp.vectors import Vectors, packed

MAX_SENTENCES = 24
"""Of a text: 7,200 characters at most."""
SHOWN_SENTENCES = 5
_REMEMBERED = 4_096  # sentences: 6 MB


class Text(NamedTuple):
    """What is to be measured: the text as it was read, its language, and what the lexicon says of it."""

    text: str
    language: str
    reading: Reading


class Measured(NamedTuple):
    """Of one text."""

    sentiment: Sentiment
    embedding: Embedding
    read: int
    """Sentences that the encoder was given, of `sentences`."""
    sentences: int


class _Read(NamedTuple):
    """Sentences of a text that were embedded, out of how many, with a row or number for each."""

    spans: list[Span]
    sentences: int
    vectors: Vectors
    valences: Numbers


class Measurer:
    """One encoder with its head. Not thread-safe: one for each process."""

    def __init__(self, kind: Kind, lexicon: SentimentAnalyzer) -> None:
        """Load both. Raises Unavailable."""
        self._kind, self._lexicon = kind, lexicon
        self._encoder, self._head = encoder_of(kind), Head(kind.path)
        if self._head.encoder != self._encoder.name:
            raise ValueError(f"{kind.path.name} was trained on {self._head.encoder}, not {self._encoder.name}")
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self.name = f"{self._encoder.name} + {self._head.name}"

    def measure(self, texts: Sequence[Text]) -> list[Measured | None]:
        """For each text, in order; None for one without any sentence."""
        read = self._read(texts)
        return [self._measured(text, each) if each.spans else None for text, each in zip(texts, read, strict=True)]

    def probabilities(self, texts: Sequence[Text]) -> list[float | None]:
        """That each is positive, before a language's calibration; None for one without any sentence."""
        return [self._head.probability(each.valences) if each.spans else None for each in self._read(texts)]

    def judged(self, sentences: Sequence[str], language: str) -> list[float] | None:
        """The calibrated probability of each sentence by itself; None in a language without bars."""
        bars = bars_of(self._kind.name, language)
        if bars is None:
            return None
        valences = self._head.valences(self._embedded(sentences), features_of(self._kind, sentences, self._lexicon))
        alone = self._head.probabilities(valences, np.ones(len(sentences), int))
        return [bars.calibrated(p) for p in alone]

    def _read(self, texts: Sequence[Text]) -> list[_Read]:
        """One pass over the sentences of all texts."""
        spans = [sentences_of(each.text) for each in texts]
        chosen = [self._chosen(each, found) for each, found in zip(texts, spans, strict=True)]
        flat = [each.text[span.start : span.end] for each, found in zip(texts, chosen, strict=True) for span in found]
        vectors = self._embedded(flat)
        valences = self._head.valences(vectors, features_of(self._kind, flat, self._lexicon))
        ends = np.cumsum([len(each) for each in chosen], dtype=int).tolist()
        return [
            _Read(here, len(found), vectors[end - len(here) : end], valences[end - len(here) : end])
            for here, found, end in zip(chosen, spans, ends, strict=True)
        ]

    def _chosen(self, given: Text, spans: list[Span]) -> list[Span]:
        if len(spans) <= MAX_SENTENCES:
            return spans
        weights = np.zeros(len(given.text) + 1)
        for (start, _), valence in zip(given.reading.tokens, given.reading.valences, strict=True):
            weights[start] = abs(valence)
        sums = np.cumsum(weights)
        loud = [float(sums[span.end - 1] - sums[span.start] + weights[span.start]) for span in spans]
        return [spans[i] for i in that_matter(loud, MAX_SENTENCES)]

    def _embedded(self, sentences: Sequence[str]) -> Vectors:
        """Those that were met lately are remembered."""
        known = {each: self._vectors[each] for each in sentences if each in self._vectors}
        new = list(dict.fromkeys(each for each in sentences if each not in known))
        if new:
            made = self._encoder.embed(new)
            known.update((each, vector.copy()) for each, vector in zip(new, made, strict=True))  # a view would keep all
        for each in dict.fromkeys(sentences):
            self._vectors[each] = known[each]
            self._vectors.move_to_end(each)
        while len(self._vectors) > _REMEMBERED:
            self._vectors.popitem(last=False)
        return np.array([known[each] for each in sentences], np.float32).reshape(len(sentences), -1)

    def _measured(self, given: Text, read: _Read) -> Measured:
        bars = bars_of(self._kind.name, given.language)
        sentiment = self._judged(given, read.spans, read.valences, bars) if bars else given.reading.sentiment
        embedding = Embedding(self._encoder.name, packed(read.vectors.mean(axis=0)))
        return Measured(sentiment, embedding, len(read.spans), read.sentences)

    def _judged(self, given: Text, spans: list[Span], valences: Numbers, bars: Bars) -> Sentiment:
        p = bars.calibrated(self._head.probability(valences))
        alone = [bars.calibrated(each) for each in self._head.probabilities(valences, np.ones(len(valences), int))]
        without = [bars.calibrated(each) for each in self._head.without_each(valences)]
        shares = _shares(spans, [bars.label(each) for each in alone])
        label = bars.label(p)
        return Sentiment(
            score=None if label == "undetermined" else round(2 * p - 1, 4),
            label=label,
            positive=shares["positive"],
            neutral=shares["undetermined"],
            negative=shares["negative"],
            evidence=given.reading.sentiment.evidence,
            probability=p,
            sentences=_deciding(given.text, spans, [p - each for each in without]),
        )


def _shares(spans: Sequence[Span], labels: Sequence[Label]) -> dict[str, float]:
    """Of the characters that were read, by what their sentences say; they sum to 1."""
    sizes = {"positive": 0, "undetermined": 0, "negative": 0}
    for span, label in zip(spans, labels, strict=True):
        sizes[label] += span.end - span.start
    total = sum(sizes.values())
    shares = {label: round(size / total, 4) for label, size in sizes.items()}
    shares["undetermined"] = abs(round(1 - shares["positive"] - shares["negative"], 4))
    return shares


def _deciding(text: str, spans: Sequence[Span], weights: Sequence[float]) -> tuple[DecidingSentence, ...]:
    strongest = sorted(zip(weights, spans, strict=True), key=lambda each: (-abs(each[0]), each[1].start))
    return tuple(
        DecidingSentence(text[span.start : span.end], span.start, span.end, round(weight, 4))
        for weight, span in strongest[:SHOWN_SENTENCES]
        if round(weight, 4)
    )
