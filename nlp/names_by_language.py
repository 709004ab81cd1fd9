"""Names in the languages that have a model of their own. A model is loaded with the first text of its language, in each process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from importlib.util import find_spec

from nlp.entities import FRENCH, EntityFinder, Mention
from nlp.settings import AnalyzerSettings
from schemas.errors import Unavailable


class NamesByLanguage:
    """English and French; texts in other languages have no names. Only English is loaded at once: French takes 4 s and 70 MB."""

    def __init__(self, settings: AnalyzerSettings) -> None:
        """Raises Unavailable when a model is not installed, also the one that is not loaded yet."""
        self._settings = settings
        self._finders = {"en": self._load("en")}
        if find_spec(FRENCH) is None:
            raise Unavailable(f"The French model is missing. Install it: pip install {FRENCH.replace('_', '-')}")

    def name(self, language: str) -> str:
        """Which model reads this language; English's where none does."""
        return self._finder("fr" if language == "fr" else "en").name

    def find(self, texts: Sequence[tuple[str, str]]) -> list[list[Mention]]:
        """The mentions in each (language, text), in order."""
        by_language: defaultdict[str, list[int]] = defaultdict(list)
        for i, (language, _) in enumerate(texts):
            if language in ("en", "fr"):
                by_language[language].append(i)
        found: list[list[Mention]] = [[] for _ in texts]
        for language, places in by_language.items():
            mentions = self._finder(language).find([texts[i][1] for i in places])
            for i, each in zip(places, mentions, strict=True):
                found[i] = each
        return found

    def _finder(self, language: str) -> EntityFinder:
        if language not in self._finders:
            self._finders[language] = self._load(language)
        return self._finders[language]

    def _load(self, language: str) -> EntityFinder:
        settings = self._settings
        bulk = settings.decoder == "bulk"
        return EntityFinder(settings.gemm, settings.entity_labels, bulk=bulk, language=language)
