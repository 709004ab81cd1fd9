"""Candidates for terms: runs of words that can be nouns where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from nlp.aspects.clauses import Clause, Token
from nlp.aspects.lexicon import ADJECTIVE, ADVERB, NOUN, VERB, Lexicon
from nlp.aspects.words import AUXILIARIES, COPULAS, DEGREES, DETERMINERS, FUNCTION, PREPOSITIONS, PRONOUNS

LONGEST = 4
"""Words of a term; of more, the last."""
LONGEST_WORD = 40
_APOSTROPHES = {"'", "\u2019"}
_OPINION = 1.0
"""Words whose valence is at least this say how something is, and are not what it is."""


class Context(NamedTuple):
    """What is known beside the text: valences by word, and how often heads of terms come in the tenant's reviews (0 to 1)."""

    lexicon: Lexicon
    valences: Mapping[str, float]
    known: Mapping[str, float]


def runs(words: Sequence[Token], clause: Clause, context: Context) -> list[tuple[int, int]]:
    """The candidates of a clause in order: token numbers from, to (exclusive)."""
    found: list[tuple[int, int]] = []
    first = -1
    for i in range(clause.first, clause.end + 1):
        if i < clause.end and _is_noun(words, i, clause, context):
            first = i if first < 0 else first
        elif first >= 0:
            found.append((max(first, i - LONGEST), i))
            first = -1
    return found


def key(words: Sequence[Token], lexicon: Lexicon) -> str:
    """What joins a term with its like: lower case, the last word singular."""
    return " ".join([*(word.word for word in words[:-1]), lexicon.singular(words[-1].word)])


def _is_noun(words: Sequence[Token], i: int, clause: Clause, context: Context) -> bool:
    word = words[i].word
    if word in FUNCTION or not 1 < len(word) <= LONGEST_WORD or not (word[0].isalpha() or word[-1].isalpha()):
        return False
    parts = context.lexicon.of(word)
    if parts == NOUN:
        return True
    if not parts:
        return len(word) > 2 and not _APOSTROPHES & set(word)
    if not parts & NOUN:
        return False
    before = words[i - 1].word if i > clause.first else ""
    after = words[i + 1].word if i + 1 < clause.end else ""
    if parts & (ADJECTIVE | ADVERB) and _describes(word, before, after, context):
        return False
    return not (parts & VERB and _acts(word, before, after, context))


def _describes(word: str, before: str, after: str, context: Context) -> bool:
    """Whether a word that can be noun and adjective is one here: before a noun, or behind "is"; opinions are none."""
    if abs(context.valences.get(word, 0.0)) >= _OPINION or before in COPULAS or before in DEGREES:
        return True
    return bool(after) and after not in FUNCTION and after[0].isalpha() and bool(context.lexicon.of(after) & NOUN)


def _acts(word: str, before: str, after: str, context: Context) -> bool:
    """Whether a word that can be noun and verb is one here: behind a subject or "to", or before an object."""
    if before in DETERMINERS or before in PREPOSITIONS:
        return before == "to"
    if before in PRONOUNS or before in AUXILIARIES or after in DETERMINERS or after in PRONOUNS:
        return True
    if word.endswith(("ed", "ing")):
        return not context.lexicon.parts.get(word, 0) & NOUN
    return not before
