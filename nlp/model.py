"""What an analysis is: small frozen values that travel between processes and explain themselves.

Every offset counts characters of the text as it was given; every score lies in [-1, 1], every share in [0, 1].
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from nlp.tiers import Tier
from schemas.parts import Aspect, DecidingSentence, Embedding, Entity, Keyword, LexiconHit, Span, value

__all__ = [
    "UNDETERMINED_LANGUAGE",
    "Analysis",
    "Aspect",
    "DecidingSentence",
    "Embedding",
    "Entity",
    "Given",
    "Keyword",
    "Label",
    "LexiconHit",
    "Sentiment",
    "Span",
    "to_decimal_score",
]

Label = Literal["positive", "neutral", "negative", "undetermined"]

UNDETERMINED_LANGUAGE = "und"  # ISO 639-2's own code for "cannot be said"
_HUNDREDTH = Decimal("0.01")


@value
class Given:
    """A text to analyse, with what its source says of it; neither has to be right."""

    text: str
    language_hint: str | None = None
    """The language in any form: "en_US", "english". One that cannot be understood is no hint."""
    platform: str = ""
    """Where the review was written, in the tenant's words. Some platforms put words of their own into a text."""
    tier: Tier | None = None
    """How it is to be analysed; the analyzer's own tier if not given."""


@value
class Sentiment:
    """Score in [-1, 1] or None when nothing can be said, with the words that made it (of very many, the strongest).

    positive + neutral + negative are shares that sum to 1, or all 0 without a single word. `probability` is the calibrated one that a
    reader would call the text positive rather than negative, where the analyzer has one, and `sentences` are those that decided it.
    """

    score: float | None
    label: Label
    positive: float
    neutral: float
    negative: float
    evidence: tuple[LexiconHit, ...]
    probability: float | None = None
    sentences: tuple[DecidingSentence, ...] = ()


@value
class Analysis:
    """Everything known about one text, with the analyzers (name and version per part) that said so."""

    language: str
    language_confidence: float
    sentiment: Sentiment
    entities: tuple[Entity, ...]
    keywords: tuple[Keyword, ...]
    analyzers: Mapping[str, str]
    characters_analyzed: int
    truncated: bool
    aspects: tuple[Aspect, ...] = ()
    embedding: Embedding | None = None


def to_decimal_score(score: float | None) -> Decimal | None:
    """The score as DECIMAL(3,2) stores it: two places, half to even, clamped to [-1, 1]; None stays None."""
    if score is None:
        return None
    rounded = Decimal(repr(score)).quantize(_HUNDREDTH, rounding=ROUND_HALF_EVEN)
    return min(max(rounded, Decimal("-1.00")), Decimal("1.00")) + 0  # + 0: no "-0.00"
