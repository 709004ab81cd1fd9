"""Sentences and clauses of English text, by its words and marks: no model, a few microseconds a word, linear.

A clause ends where another judgement may begin: at the end of a sentence, at ";" or a dash, before a word of contrast ("but",
"although"), after the comma that closes a clause which such a word opened, and at a comma or "and" that a new subject with a verb of
its own follows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from nlp.aspects.words import ABBREVIATED, AFTER_COMMA, CLAUSE_VERBS, CONTRAST, OPENING, SUBJECTS

WORD = re.compile(r"[^\W_]+(?:['\u2019\-.][^\W_]+)*|[^\w\s]|_|\n")
_ENDS = frozenset(".!?…\n\u3002\uff01\uff1f")
_MARKS = frozenset(";\u2014\u2013")
LONGEST_SENTENCE, LONGEST_CLAUSE = 120, 60
"""Tokens; a longer one is cut, so that everything within one is bounded."""
_AHEAD = 9
"""Words after a comma among which the verb of the next clause is looked for."""


class Token(NamedTuple):
    """A word or mark: its offsets and its lower case."""

    start: int
    end: int
    word: str


class Clause(NamedTuple):
    """Tokens `first` to `end` (exclusive) of the text, and the sentence's that it belongs to."""

    first: int
    end: int
    sentence_first: int
    sentence_end: int


def tokens(text: str) -> list[Token]:
    """All words and marks, in order; a line's end is a mark."""
    return [Token(*found.span(), found.group().lower()) for found in WORD.finditer(text)]


def clauses(words: Sequence[Token]) -> list[Clause]:
    """The clauses in order; together they hold every token once."""
    found: list[Clause] = []
    first = 0
    for i, token in enumerate(words):
        if i + 1 - first == LONGEST_SENTENCE or (token.word in _ENDS and _ends(words, i)):
            found += _within(words, first, i + 1)
            first = i + 1
    return found + _within(words, first, len(words)) if first < len(words) else found


def _ends(words: Sequence[Token], i: int) -> bool:
    """Not the point of an abbreviation, nor one that is followed by another mark of the kind."""
    if i + 1 < len(words) and words[i + 1].word in _ENDS:
        return False
    return words[i].word != "." or i == 0 or words[i - 1].word not in ABBREVIATED


def _within(words: Sequence[Token], first: int, end: int) -> list[Clause]:
    cuts, opened, verb = [first], words[first].word in OPENING, False
    for i in range(first, end):
        if i > cuts[-1] and (i - cuts[-1] == LONGEST_CLAUSE or _starts(words, i, end, verb=verb, opened=opened)):
            cuts.append(i)
            opened, verb = words[i].word in OPENING, False
        verb = verb or words[i].word in CLAUSE_VERBS
    return [Clause(a, b, first, end) for a, b in pairwise([*cuts, end])]


def _starts(words: Sequence[Token], i: int, end: int, *, verb: bool, opened: bool) -> bool:
    """Whether a clause starts at i, behind one that has a verb or not, that a word of contrast opened or not."""
    word, before = words[i].word, words[i - 1].word
    if word in CONTRAST:
        return not (word == "though" and before == "even")
    if word == "even" and i + 1 < end and words[i + 1].word == "though":
        return True
    if before in _MARKS or (before == "-" and word != "-" and words[i - 1].start > words[i - 2].end):
        return True
    if before == ",":
        if opened or word in AFTER_COMMA:
            return True
        return verb and _has_subject(words, i + (word in ("and", "so", "or")), end)
    return word == "and" and verb and _has_subject(words, i + 1, end)


def _has_subject(words: Sequence[Token], i: int, end: int) -> bool:
    return (
        i < end
        and words[i].word in SUBJECTS
        and any(words[k].word in CLAUSE_VERBS for k in range(i, min(i + _AHEAD, end)))
    )
