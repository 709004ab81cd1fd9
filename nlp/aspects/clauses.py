"""Sentences and clauses of English text, by its words and marks: no model, a few microseconds a word, linear.

A clause ends where another judgement may begin: at the end of a sentence, at ";" or a dash, before a word of contrast ("but",
"although"), after the comma that closes a clause which such a word opened, and at a comma or "and" that a new subject with a verb of
its own follows, or a word of the opposite valence ("great pictures, poor battery").
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

WORD = re.compile(r"[^\W_]+(?:['’\-.][^\W_]+)*|[^\w\s]|_|\n")
_ENDS = frozenset(".!?…\n。！？")
_ABBREVIATED = frozenset(["mr", "mrs", "ms", "dr", "st", "vs", "etc", "e.g", "i.e", "approx", "inc", "no", "min", "max"])
_MARKS = frozenset(";—–")
_CONTRAST = frozenset(
    ["but", "although", "though", "however", "whereas", "except", "despite", "unless", "nevertheless", "nonetheless"]
)
_TURNS = frozenset([",", "and", "with"])
_AFTER_COMMA = frozenset(["yet", "while", "unfortunately", "still", "only", "otherwise", "plus", "also", "because", "which"])
_OPENS = frozenset(["although", "though", "while", "despite", "whereas", "even", "if", "when", "besides", "unlike", "once"])
_SUBJECTS = frozenset(
    ["i", "you", "he", "she", "it", "we", "they", "the", "this", "that", "these", "those", "my", "your", "his", "her", "its", "our"]
    + ["their", "there", "a", "an", "it's", "i'm", "i've", "they're", "that's", "there's", "everything", "nothing", "some", "all", "no"]
)
_VERBS = frozenset(
    ["is", "are", "was", "were", "am", "be", "been", "has", "have", "had", "does", "do", "did", "can", "could", "will", "would"]
    + ["should", "may", "might", "must", "works", "work", "worked", "looks", "look", "looked", "feels", "feel", "felt", "seems", "seem"]
    + ["seemed", "sounds", "sound", "takes", "take", "took", "makes", "make", "made", "gets", "get", "got", "goes", "went", "comes"]
    + ["came", "needs", "need", "needed", "keeps", "kept", "lasts", "lasted", "love", "loved", "like", "liked", "hate", "hated"]
    + ["want", "wanted", "think", "thought", "find", "found", "bought", "use", "used", "recommend", "says", "said", "gives", "gave"]
    + ["it's", "i'm", "i've", "they're", "that's", "there's", "ca", "won't", "can't", "don't", "doesn't", "didn't", "isn't", "aren't"]
    + ["wasn't", "weren't", "couldn't", "wouldn't", "shouldn't", "cannot", "hasn't", "haven't", "dont", "doesnt", "cant", "wont"]
)
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


def clauses(words: Sequence[Token], valences: Mapping[str, float]) -> list[Clause]:
    """The clauses in order; together they hold every token once. `valences` of words in lower case, below 0 for bad ones."""
    found: list[Clause] = []
    first = 0
    for i, token in enumerate(words):
        if i + 1 - first == LONGEST_SENTENCE or (token.word in _ENDS and _ends(words, i)):
            found += _within(words, first, i + 1, valences)
            first = i + 1
    return found + _within(words, first, len(words), valences) if first < len(words) else found


def _ends(words: Sequence[Token], i: int) -> bool:
    """Not the point of an abbreviation, nor one that is followed by another mark of the kind."""
    if i + 1 < len(words) and words[i + 1].word in _ENDS:
        return False
    return words[i].word != "." or i == 0 or words[i - 1].word not in _ABBREVIATED


def _within(words: Sequence[Token], first: int, end: int, valences: Mapping[str, float]) -> list[Clause]:
    signs = [valences.get(words[i].word, 0.0) for i in range(first, end)]
    cuts, opened, verb, before = [first], words[first].word in _OPENS, False, 0.0
    for i in range(first, end):
        if i > cuts[-1] and (
            i - cuts[-1] == LONGEST_CLAUSE
            or _starts(words, i, end, verb=verb, opened=opened)
            or (words[i - 1].word in _TURNS and before * _next_sign(words, signs, i - first, first) < 0)
        ):
            cuts.append(i)
            opened, verb, before = words[i].word in _OPENS, False, 0.0
        verb = verb or words[i].word in _VERBS
        before = signs[i - first] or before
    bounds = [*cuts, end]
    return [Clause(a, b, first, end) for a, b in zip(bounds, bounds[1:], strict=False)]


def _next_sign(words: Sequence[Token], signs: Sequence[float], i: int, first: int) -> float:
    """The valence of the next word that has one, within a few words and before the next turn; 0 without."""
    for k in range(i, min(i + 5, len(signs))):
        if signs[k]:
            return signs[k]
        if words[first + k].word in _TURNS:
            break
    return 0.0


def _starts(words: Sequence[Token], i: int, end: int, *, verb: bool, opened: bool) -> bool:
    """Whether a clause starts at i, behind one that has a verb or not, that a word of contrast opened or not."""
    word, before = words[i].word, words[i - 1].word
    if word in _CONTRAST:
        return not (word == "though" and before == "even")
    if word == "even" and i + 1 < end and words[i + 1].word == "though":
        return True
    if before in _MARKS or (before == "-" and word != "-" and words[i - 1].start > words[i - 2].end):
        return True
    if before == ",":
        if opened or word in _AFTER_COMMA:
            return True
        return verb and _has_subject(words, i + (word in ("and", "so", "or")), end)
    return word == "and" and verb and _has_subject(words, i + 1, end)


def _has_subject(words: Sequence[Token], i: int, end: int) -> bool:
    return i < end and words[i].word in _SUBJECTS and any(words[k].word in _VERBS for k in range(i, min(i + _AHEAD, end)))
