"""The encoders of an analyzer: each is loaded when the first text needs it, or beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nlp.heads.kinds import Kind, kind_of
from nlp.language import has_letters
from nlp.measure import Measured, Measurer, Text
from nlp.sentiment import SentimentAnalyzer
from nlp.tiers import Tier


class Tiered(NamedTuple):
    """A text with the tier that it is to be measured in."""

    tier: Tier
    text: Text


class Measuring:
    """Sends each text to the encoder of its tier and language."""

    def __init__(self, lexicon: SentimentAnalyzer) -> None:
        self._lexicon = lexicon
        self._loaded: dict[Kind, Measurer] = {}

    def load(self, tier: Tier) -> None:
        """What a tier needs, for every language. Raises Unavailable."""
        for language in ("en", "und"):
            if kind := kind_of(tier, language):
                self._measurer(kind)

    def measure(self, texts: Sequence[Tiered]) -> list[Measured | None]:
        """In order; None where no encoder is asked, or there is no word to read."""
        found: list[Measured | None] = [None] * len(texts)
        places: dict[Kind, list[int]] = {}
        for i, each in enumerate(texts):
            kind = kind_of(each.tier, each.text.language)
            if kind and has_letters(each.text.text):
                places.setdefault(kind, []).append(i)
        for kind, indices in places.items():
            for i, measured in zip(
                indices, self._measurer(kind).measure([texts[i].text for i in indices]), strict=True
            ):
                found[i] = measured
        return found

    def probabilities(self, tier: Tier, language: str, sentences: Sequence[str]) -> list[float] | None:
        """That each single sentence is positive, calibrated for the language; None where no encoder judges it."""
        kind = kind_of(tier, language)
        return self._measurer(kind).judged(sentences, language) if kind else None

    def name(self, tier: Tier, language: str) -> str | None:
        """Of the encoder and head that measure such texts; None where none does."""
        kind = kind_of(tier, language)
        return self._measurer(kind).name if kind else None

    def _measurer(self, kind: Kind) -> Measurer:
        if kind not in self._loaded:
            self._loaded[kind] = Measurer(kind, self._lexicon)
        return self._loaded[kind]
