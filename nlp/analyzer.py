"""All analyses of a text in one call. Models are loaded once; a batch costs far less than its texts one by one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from nlp import keywords
from nlp.entities import EntityFinder, Mention, entities_of
from nlp.language import LanguageDetector, Verdict
from nlp.model import Analysis, Entity, Keyword, Sentiment
from nlp.sentiment import SentimentAnalyzer
from nlp.settings import AnalyzerSettings

__all__ = ["Analyzer", "AnalyzerSettings"]

Mentioned = TypeVar("Mentioned", Entity, Keyword)
_SURROGATE = re.compile("[\ud800-\udfff]")
_LAST_SPACE = re.compile(r"\s\S*\Z")


class Analyzer:
    """Language, sentiment, entities and keywords of texts. Not thread-safe: one for each thread or process."""

    def __init__(self, settings: AnalyzerSettings | None = None) -> None:
        """Load the models (about 1.5 s). Raises Unavailable when one is not installed."""
        self._settings = settings or AnalyzerSettings()
        self._languages = LanguageDetector(self._settings.minimum_language_confidence)
        self._sentiment = SentimentAnalyzer()
        bulk = self._settings.decoder == "bulk"
        self._entities = EntityFinder(self._settings.gemm, self._settings.entity_labels, bulk=bulk)
        self._names = {
            "language": self._languages.name,
            "sentiment": self._sentiment.name,
            "entities": self._entities.name,
            "keywords": keywords.NAME,
        }

    def analyze(self, texts: Sequence[str]) -> list[Analysis]:
        """One analysis for each text, in the same order. Any string has one: empty, huge, no language at all."""
        heads = [_head(text, self._settings.max_characters) for text in texts]
        verdicts = [self._languages.detect(head) for head in heads]
        english = [i for i, verdict in enumerate(verdicts) if verdict.language == "en"]
        mentions = dict(zip(english, self._entities.find([heads[i] for i in english]), strict=True))
        return [
            self._analysis(text, head, verdict, mentions.get(i, []))
            for i, (text, head, verdict) in enumerate(zip(texts, heads, verdicts, strict=True))
        ]

    def _analysis(self, text: str, head: str, verdict: Verdict, mentions: list[Mention]) -> Analysis:
        reading = self._sentiment.read(head, verdict.language)
        settings = self._settings
        entities = entities_of(head, mentions, reading)[: settings.max_entities]
        phrases = keywords.keywords_of(head, verdict.language, settings.max_keywords)
        return Analysis(
            language=verdict.language,
            language_confidence=verdict.confidence,
            sentiment=_with_strongest(reading.sentiment, settings.max_evidence),
            entities=tuple(_with_first(entity, settings.max_evidence) for entity in entities),
            keywords=tuple(_with_first(phrase, settings.max_evidence) for phrase in phrases),
            analyzers=self._names,
            characters_analyzed=len(head),
            truncated=len(head) < len(text),
        )


def _with_strongest(sentiment: Sentiment, limit: int) -> Sentiment:
    if len(sentiment.evidence) <= limit:
        return sentiment
    strongest = sorted(sentiment.evidence, key=lambda hit: (-abs(hit.valence), hit.start))[:limit]
    return replace(sentiment, evidence=tuple(sorted(strongest, key=lambda hit: hit.start)))


def _with_first(item: Mentioned, limit: int) -> Mentioned:
    return item if len(item.mentions) <= limit else replace(item, mentions=item.mentions[:limit])


def _head(text: str, limit: int) -> str:
    """The first `limit` characters, cut where a word ends if one ends in their second half; no lone surrogates."""
    if len(text) > limit:
        last_space = _LAST_SPACE.search(text, limit // 2, limit + 1)
        text = text[: last_space.start() if last_space else limit]
    return _SURROGATE.sub("\ufffd", text)
