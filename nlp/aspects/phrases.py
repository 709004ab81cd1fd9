"""A tenant's own phrases, found in a text whatever their case and number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nlp.aspects.candidates import key
from nlp.aspects.clauses import Clause, Token, tokens
from nlp.aspects.lexicon import Lexicon, lexicon

LONGEST = 100
"""Characters of a phrase; longer ones are no terms."""


class Phrases:
    """Looked up by their keys, the longest first: a few lookups a word, however many phrases there are."""

    def __init__(self, phrases: Iterable[str]) -> None:
        """Phrases in any spelling."""
        split = [tokens(phrase) for phrase in phrases if len(phrase) <= LONGEST]
        self._keys = {key(words, lexicon()) for words in split if words}
        self._lengths = sorted({len(words) for words in split if words}, reverse=True)

    def within(self, words: Sequence[Token], clause: Clause, lexicon: Lexicon) -> list[tuple[int, int, str]]:
        """Those in a clause that do not overlap, in order: token numbers from, to (exclusive), and the key."""
        found: list[tuple[int, int, str]] = []
        i = clause.first
        while self._lengths and i < clause.end:
            at = self._longest(words, i, clause.end, lexicon)
            found += [at] if at else []
            i = at[1] if at else i + 1
        return found

    def _longest(self, words: Sequence[Token], i: int, end: int, lexicon: Lexicon) -> tuple[int, int, str] | None:
        for length in self._lengths:
            if i + length <= end and (term := key(words[i : i + length], lexicon)) in self._keys:
                return i, i + length, term
        return None
