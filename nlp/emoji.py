"""Emoji read as words, the way VADER does it, without losing their positions."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """A text with its emoji spelled out, and the way back: pieces of it and where each began in the given text."""

    text: str
    _begins: tuple[int, ...]  # of each piece, in `text`
    _sources: tuple[int, ...]  # of each piece, in the given text
    _spelled: tuple[bool, ...]  # the piece is one emoji's description

    def spans(self, spans: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
        """Offsets in the given text for stretches of the wording, none of them empty."""
        if not any(self._spelled):
            return spans
        return [self.span(start, end) for start, end in spans]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the given text for the non-empty stretch start..end of the wording."""
        return self._source(start), self._source(end - 1, past=1)

    def _source(self, position: int, past: int = 0) -> int:
        piece = bisect_right(self._begins, position) - 1
        inside = 0 if self._spelled[piece] else position - self._begins[piece]
        return self._sources[piece] + inside + past


class EmojiReader:
    """Spells out every emoji of one code point that the lexicon describes; longer sequences are read sign by sign."""

    def __init__(self, descriptions: Mapping[str, str]) -> None:
        self._descriptions = {sign: words for sign, words in descriptions.items() if len(sign) == 1}
        self._signs = re.compile(f"[{''.join(map(re.escape, self._descriptions))}]")

    def read(self, text: str) -> Wording:
        """The text with emoji as words. A space goes before a description unless one is there, none goes after it."""
        if text.isascii():
            return Wording(text, (0,), (0,), (False,))
        pieces: list[tuple[str, int, bool]] = []
        position, spaced = 0, True
        for sign in self._signs.finditer(text):
            if sign.start() > position:
                pieces.append((text[position : sign.start()], position, False))
                spaced = text[sign.start() - 1] == " "
            words = self._descriptions[sign.group()]
            pieces.append((words if spaced else f" {words}", sign.start(), True))
            position, spaced = sign.end(), False
        pieces.append((text[position:], position, False))
        return _joined(pieces)


def _joined(pieces: list[tuple[str, int, bool]]) -> Wording:
    begins, length = [], 0
    for words, _, _ in pieces:
        begins.append(length)
        length += len(words)
    text = "".join(words for words, _, _ in pieces)
    return Wording(text, tuple(begins), tuple(p[1] for p in pieces), tuple(p[2] for p in pieces))
