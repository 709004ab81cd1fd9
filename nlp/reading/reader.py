"""The parts of reading one after the other, and the way back through all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import takewhile

from nlp.reading.clipped import edits_of_clipped
from nlp.reading.edits import Edit, Edited, edited
from nlp.reading.markers import edits_of_markers
from nlp.reading.markup import edits_of_markup
from nlp.reading.translation import parts_of
from nlp.reading.typography import edits_of_typography

NAME = "reviewstream-reading 1"
MARKUP = "markup"


@dataclass(frozen=True, slots=True)
class ReadText:
    """The text to analyse, which parts of reading changed it, and what tells its language."""

    given: str
    text: str
    _parts: tuple[tuple[str, Edited], ...] = ()
    language: str | None = None
    """The language of `text` where a translation says so."""
    original: str | None = None
    """What tells the language of the review, where that is not `text`."""

    @property
    def name(self) -> str:
        """The reader, and what it had to read: "reviewstream-reading 1 (markup + translation)"."""
        names = dict.fromkeys(name for name, _ in self._parts)
        return f"{NAME} ({' + '.join(names)})" if names else NAME

    @property
    def is_as_given(self) -> bool:
        """Whether nothing was changed."""
        return not self._parts

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the given text of the non-empty stretch start..end of `text`."""
        for _, part in reversed(self._parts):
            start, end = part.span(start, end)
        return start, end

    def as_written(self, start: int, end: int) -> str:
        """What the author wrote there: the given text, but for the markup, which was put around their words."""
        markup = [part for _, part in takewhile(lambda named: named[0] == MARKUP, self._parts)]
        for _, part in reversed(self._parts[len(markup) :]):
            start, end = part.span(start, end)
        return (markup[-1].text if markup else self.given)[start:end]

    def after(self, name: str, edits: list[Edit]) -> ReadText:
        """With one more part read."""
        if not edits:
            return self
        part = edited(self.text, edits)
        return replace(self, text=part.text, _parts=(*self._parts, (name, part)))


def read(given: str, platform: str = "") -> ReadText:
    """The text as it is analysed. Any string can be read; linear in its length. Plain ASCII stays as it is."""
    text = ReadText(given, given)
    for name, part in _PARTS:
        text = text.after(name, part(text.text))
    text = text.after("marker", edits_of_markers(text.text, platform))
    return _of_translated(text)


_PARTS: tuple[tuple[str, Callable[[str], list[Edit]]], ...] = (
    (MARKUP, edits_of_markup),
    (MARKUP, edits_of_markup),  # once more: exports escape what was escaped already
    ("typography", edits_of_typography),
    ("typography", edits_of_clipped),
)


def _of_translated(text: ReadText) -> ReadText:
    parts = parts_of(text.text)
    if parts is None:
        return text
    language = parts.language if parts.analysed == parts.translation else None
    original = text.text[slice(*parts.telling)]
    return replace(text.after("translation", parts.edits(len(text.text))), language=language, original=original)
