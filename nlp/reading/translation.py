"""A review with its translation, as Google gives them: "(Translated by Google) … (Original) …", or the original first.

The language is the original's. Analysed is the English part, since only English has a lexicon and a model of names;
without one, the original. Which language a translation is in says the marker, in the words of the table markers.tsv.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from nlp.reading.edits import Edit
from nlp.reading.markers import rules

Stretch = tuple[int, int]
"""First character, and one past the last."""


class Parts(NamedTuple):
    """Where all parts stand. `title` is what stands before the first of two markers: of either language, so it is kept."""

    title: Stretch
    original: Stretch
    translation: Stretch
    language: str
    """Of the translation."""

    @property
    def telling(self) -> Stretch:
        """What tells the language of the review."""
        return self.original if self.original[0] < self.original[1] else self.translation

    @property
    def analysed(self) -> Stretch:
        """Besides the title."""
        return self.translation if self.language == "en" and self.translation[0] < self.translation[1] else self.telling

    def edits(self, length: int) -> list[Edit]:
        """The edits that leave title and analysed part of a text of this length."""
        start, end = self.analysed
        return [Edit(*gap, "") for gap in ((self.title[1], start), (end, length)) if gap[0] < gap[1]]


def parts_of(text: str) -> Parts | None:
    """The parts of a translated review; None for any other."""
    if "oogle" not in text:
        return None
    mark = next(((found, language) for language, marker in _translations() if (found := marker.search(text))), None)
    if mark is None:
        return None
    found, language = mark
    origin = _original().search(text)
    if origin is None:
        title, original, translation = 0, (0, found.start()), (found.end(), len(text))
    elif origin.start() < found.start():
        title, original, translation = origin.start(), (origin.end(), found.start()), (found.end(), len(text))
    else:
        title, original, translation = found.start(), (origin.end(), len(text)), (found.end(), origin.start())
    return Parts((0, title), _stripped(text, original), _stripped(text, translation), language)


@cache
def _translations() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """By language."""
    return tuple(
        (rule.place.partition(":")[2], re.compile(rule.marker, re.IGNORECASE))
        for rule in rules()
        if rule.place.startswith("translation:")
    )


@cache
def _original() -> re.Pattern[str]:
    return re.compile("|".join(rule.marker for rule in rules() if rule.place == "original"), re.IGNORECASE)


def _stripped(text: str, stretch: Stretch) -> Stretch:
    start, end = stretch
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())
