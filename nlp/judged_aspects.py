"""Aspects of texts, each clause judged by the encoder of its text's tier, or by the lexicon where the tier has none."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from nlp.aspects.finder import AspectFinder
from nlp.measuring import Measuring, Tiered
from nlp.model import Aspect
from nlp.sentiment import SentimentAnalyzer
from nlp.tiers import Tier

LANGUAGE = "en"
"""The only one with terms yet."""


class JudgedAspects:
    """One for each process."""

    def __init__(self, lexicon: SentimentAnalyzer, measuring: Measuring) -> None:
        """Loads in 0.1 s."""
        self._lexicon, self._measuring = lexicon, measuring
        self._finder = AspectFinder()

    def name(self, tier: Tier) -> str:
        """What finds terms, and what judges them."""
        return f"{self._finder.name}; judged by {self._measuring.name(tier, LANGUAGE) or self._lexicon.name}"

    def find(self, texts: Sequence[Tiered]) -> list[tuple[Aspect, ...]]:
        """Of each text, in order; none of a text in another language."""
        found: list[tuple[Aspect, ...]] = [()] * len(texts)
        for tier in dict.fromkeys(each.tier for each in texts):
            mine = [i for i, each in enumerate(texts) if (each.tier, each.text.language) == (tier, LANGUAGE)]
            read = self._finder.find([texts[i].text.text for i in mine], partial(self._polarity, tier))
            for i, aspects in zip(mine, read, strict=True):
                found[i] = aspects
        return found

    def _polarity(self, tier: Tier, clauses: Sequence[str]) -> Sequence[float | None]:
        """By the encoder. Without one, the lexicon's compound as a share; None where no word of it has a valence."""
        measured = self._measuring.probabilities(tier, LANGUAGE, clauses)
        if measured is not None:
            return measured
        read = [self._lexicon.read(clause, LANGUAGE).sentiment for clause in clauses]
        return [(each.score + 1) / 2 if each.evidence and each.score is not None else None for each in read]
