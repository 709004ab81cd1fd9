"""A text with stretches replaced, and where each of its characters stood before."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Edit(NamedTuple):
    """What replaces text[start:end], which is not empty; an empty replacement takes it away."""

    start: int
    end: int
    replacement: str


@dataclass(frozen=True, slots=True)
class Edited:
    """A text made by edits. It consists of pieces; for each, where it begins here and where it began before."""

    text: str
    _begins: tuple[int, ...] = (0,)
    _sources: tuple[int, ...] = (0,)
    _replaced: tuple[int, ...] = (0,)
    """How many characters a piece stands for; 0 for one that was copied, whose characters stand for one each."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the text before for the non-empty stretch start..end of this one.

        A stretch that begins or ends within a replacement takes in all that was replaced. What was taken away belongs
        to a stretch only where it lies inside. Offsets never run backwards.
        """
        first, last = self._piece(start), self._piece(end - 1)
        begin = self._sources[first] + (0 if self._replaced[first] else start - self._begins[first])
        return begin, self._sources[last] + (self._replaced[last] or end - self._begins[last])

    def spans(self, spans: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
        """The same for many; the very same ones if nothing was edited."""
        return [self.span(start, end) for start, end in spans] if self.is_edited else spans

    @property
    def is_edited(self) -> bool:
        """Whether offsets can differ at all."""
        return len(self._begins) > 1 or self._replaced != (0,) or self._sources != (0,)

    def _piece(self, position: int) -> int:
        return bisect_right(self._begins, position) - 1


def edited(text: str, edits: Iterable[Edit]) -> Edited:
    """The text with the edits made; they are in order and do not overlap. Linear."""
    pieces: list[tuple[str, int, int]] = []
    position = 0
    for start, end, replacement in edits:
        pieces += [(text[position:start], position, 0), (replacement, start, end - start)]
        position = end
    pieces.append((text[position:], position, 0))
    return _joined([piece for piece in pieces if piece[0]])


def _joined(pieces: list[tuple[str, int, int]]) -> Edited:
    if not pieces:
        return Edited("")
    begins, length = [], 0
    for words, _, _ in pieces:
        begins.append(length)
        length += len(words)
    text = "".join(words for words, _, _ in pieces)
    return Edited(text, tuple(begins), tuple(p[1] for p in pieces), tuple(p[2] for p in pieces))
