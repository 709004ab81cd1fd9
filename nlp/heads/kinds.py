"""The heads there are: whose vectors each reads, and what it is told beside them. Light to import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from nlp.heads.head import Numbers
from nlp.sentiment import SentimentAnalyzer
from nlp.tiers import Tier

Name = Literal["minilm", "e5", "multilingual"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One head."""

    name: Name
    reads_words: bool
    """Whether VADER's four figures of a sentence are features; else only what its emoji say, in any language."""
    stiffness: float
    """Ridge regression's alpha on standardised features. A stiff head carries over to other languages."""

    @property
    def path(self) -> Path:
        """The trained head."""
        return Path(__file__).with_name(f"{self.name}.json")


MINILM = Kind("minilm", reads_words=True, stiffness=1e4)
E5 = Kind("e5", reads_words=True, stiffness=1e4)
MULTILINGUAL = Kind("multilingual", reads_words=False, stiffness=3e5)
KINDS = (MINILM, E5, MULTILINGUAL)


def kind_of(tier: Tier, language: str) -> Kind | None:
    """Which head measures texts of that language in a tier; None where no encoder runs."""
    if tier == "lexicon":
        return None
    if language != "en":
        return MULTILINGUAL
    return MINILM if tier == "quick" else E5


def features_of(kind: Kind, sentences: Sequence[str], lexicon: SentimentAnalyzer) -> Numbers:
    """What the head is told of each sentence beside its vector: shape (n, 4) or (n, 1)."""
    if not kind.reads_words:
        return np.array([[lexicon.read(each, "und").sentiment.score or 0.0] for each in sentences]).reshape(-1, 1)
    found = [lexicon.read(each, "en").sentiment for each in sentences]
    return np.array([[s.score, s.positive, s.neutral, s.negative] for s in found], np.float64).reshape(-1, 4)
