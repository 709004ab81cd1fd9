"""All analyses of a text in one call. Models are loaded once; a batch costs far less than its texts one by one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

from nlp import judged_aspects as aspects
from nlp import keywords
from nlp.aspects.finder import MOST
from nlp.emoji import WORDS_NAME, emoji_words
from nlp.entities import Mention, entities_of
from nlp.hinted import with_hint
from nlp.judged_aspects import JudgedAspects
from nlp.language import LanguageDetector, Verdict
from nlp.language_ensemble import Detector, LanguageEnsemble
from nlp.located import located_aspect, located_entity, located_hit, located_keyword, located_sentence
from nlp.measure import Measured, Text
from nlp.measuring import Measuring, Tiered
from nlp.model import Analysis, Aspect, Entity, Given, Keyword, Sentiment
from nlp.names_by_language import NamesByLanguage
from nlp.reading.reader import ReadText, read
from nlp.sentiment import Reading, SentimentAnalyzer
from nlp.settings import AnalyzerSettings
from nlp.tiers import Tier

__all__ = ["Analyzer", "AnalyzerSettings"]

Mentioned = TypeVar("Mentioned", Entity, Keyword)
_SURROGATE = re.compile("[\ud800-\udfff]")
_LAST_SPACE = re.compile(r"\s\S*\Z")


class _Task(NamedTuple):
    """A text on its way: as it was read, in which language, and in which one the part that is analysed."""

    given: Given
    tier: Tier
    text: ReadText
    detected: Verdict
    verdict: Verdict
    language: str


class _Found(NamedTuple):
    """What the analyzers found in a text as it was read."""

    mentions: list[Mention]
    reading: Reading
    measured: Measured | None
    aspects: tuple[Aspect, ...]


class Analyzer:
    """Language, sentiment, entities, keywords and vectors of texts. Not thread-safe: one for each thread or process."""

    def __init__(self, settings: AnalyzerSettings | None = None) -> None:
        """Load the models (2 to 5 s). Raises Unavailable when one is not installed."""
        self._settings = settings or AnalyzerSettings()
        alone = LanguageDetector(self._settings.minimum_language_confidence)
        self._language, self._languages = alone, LanguageEnsemble(for_longer=alone)
        self._sentiment = SentimentAnalyzer(emoji_words())
        self._entities = NamesByLanguage(self._settings)
        self._measuring = Measuring(self._sentiment)
        self._measuring.load(self._settings.tier)
        self._aspects = JudgedAspects(self._sentiment, self._measuring)
        self._names = {
            "sentiment": f"{self._sentiment.name} + {WORDS_NAME}",
            "entities": self._entities.name("en"),
            "keywords": keywords.NAME,
        }

    def analyze(self, texts: Sequence[str | Given]) -> list[Analysis]:
        """One analysis for each text, in the same order. Any string has one: empty, huge, no language at all.

        A plain string is a text of which nothing else is known.
        """
        tasks = [self._task(Given(text) if isinstance(text, str) else text) for text in texts]
        mentions = self._entities.find([(task.language, task.text.text) for task in tasks])
        read = [Text(task.text.text, task.language, self._reading(task)) for task in tasks]
        tiered = [Tiered(task.tier, text) for task, text in zip(tasks, read, strict=True)]
        measured, spoken_of = self._measuring.measure(tiered), self._aspects.find(tiered)
        parts = zip(mentions, (text.reading for text in read), measured, spoken_of, strict=True)
        return [self._analysis(task, _Found(*each)) for task, each in zip(tasks, parts, strict=True)]

    def _task(self, given: Given) -> _Task:
        tier = given.tier or self._settings.tier
        text = read(_head(given.text, self._settings.max_characters), given.platform)
        telling = text.text if text.original is None else text.original
        detected = self._detector(tier).detect(telling)
        verdict = with_hint(detected, telling, given.language_hint)
        return _Task(given, tier, text, detected, verdict, text.language or verdict.language)

    def _detector(self, tier: Tier) -> Detector:
        return self._language if tier == "lexicon" else self._languages

    def _reading(self, task: _Task) -> Reading:
        return self._sentiment.read(task.text.text, task.language)

    def _analysis(self, task: _Task, found: _Found) -> Analysis:
        text, settings, measured = task.text, self._settings, found.measured
        entities = entities_of(text.text, found.mentions, found.reading)[: settings.max_entities]
        phrases = keywords.keywords_of(text.text, task.language, settings.max_keywords)
        sentiment = measured.sentiment if measured else found.reading.sentiment
        return _located(
            Analysis(
                language=task.verdict.language,
                language_confidence=task.verdict.confidence,
                sentiment=_with_strongest(sentiment, settings.max_evidence),
                entities=tuple(_with_first(entity, settings.max_evidence) for entity in entities),
                keywords=tuple(_with_first(phrase, settings.max_evidence) for phrase in phrases),
                analyzers=self._analyzers(task, found),
                characters_analyzed=len(text.given),
                truncated=len(text.given) < len(task.given.text),
                aspects=found.aspects,
                embedding=measured.embedding if measured else None,
            ),
            text,
        )

    def _analyzers(self, task: _Task, found: _Found) -> Mapping[str, str]:
        detector = self._detector(task.tier).name
        names = {"reading": task.text.name, "language": detector, **self._names}
        if task.language == aspects.LANGUAGE:
            cut = f"; the first {MOST} only" if len(found.aspects) == MOST else ""
            names["aspects"] = self._aspects.name(task.tier) + cut
        if task.language == "fr":
            names["entities"] = self._entities.name("fr")
        if task.verdict.language != task.detected.language:
            names["language"] = f"language hint ({detector} undecided)"
        if measured := found.measured:
            names["sentiment"] = (
                f"{self._measuring.name(task.tier, task.language)}; words by {self._names['sentiment']}"
            )
            if measured.read < measured.sentences:
                names["sentences"] = f"{measured.read} of {measured.sentences} were measured, those that matter"
        return names


def _located(found: Analysis, text: ReadText) -> Analysis:
    if text.is_as_given:
        return found
    return replace(
        found,
        sentiment=replace(
            found.sentiment,
            evidence=tuple(located_hit(hit, text) for hit in found.sentiment.evidence),
            sentences=tuple(located_sentence(each, text) for each in found.sentiment.sentences),
        ),
        entities=tuple(located_entity(entity, text) for entity in found.entities),
        keywords=tuple(located_keyword(keyword, text) for keyword in found.keywords),
        aspects=tuple(located_aspect(aspect, text) for aspect in found.aspects),
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
