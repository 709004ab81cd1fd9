"""Which English words may make a keyword: something that a review can be about, and no bare praise, manner or action.

A word that is `empty` ends a phrase, as a stop word does. One that is `weak` makes none alone ("problem") but may stand in one
("audio problem"); an adjective may stand before a noun ("flat bed") but neither alone nor at the end.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from nlp.keyword_key import singular
from nlp.lexemes import lexemes
from schemas.errors import Unavailable

_ELONGATED = re.compile(r"(.)\1\1")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|am|pm|min|mins|hrs|k)?\Z")
# Words of the lexicon that are matters of a review and no mere judgement of it.
_MATTERS = frozenset(
    [
        "accident",
        "alarm",
        "bug",
        "bugs",
        "charge",
        "charges",
        "comfort",
        "complaint",
        "complaints",
        "crash",
        "crashes",
        "damage",
        "debt",
        "delay",
        "delays",
        "entertainment",
        "fee",
        "fire",
        "fraud",
        "glitch",
        "glitches",
        "help",
        "injury",
        "lag",
        "lags",
        "loss",
        "luggage",
        "noise",
        "pain",
        "peace",
        "play",
        "privacy",
        "protection",
        "refund",
        "risk",
        "safety",
        "scam",
        "security",
        "share",
        "smell",
        "smoke",
        "support",
        "theft",
        "threat",
        "trust",
        "virus",
        "viruses",
        "warning",
        "warnings",
        "waste",
    ]
)


@lru_cache(maxsize=50_000)
@lru_cache(maxsize=50_000)
def is_known(word: str) -> bool:
    """Whether a dictionary has it. One that none has is a name, or misspelt."""
    known = lexemes()
    return _is_noun(word) or word in known.adjectives or known.is_verb_form(word) or word in _judging()


def is_time(word: str) -> bool:
    """Whether it measures time, which no phrase begins with: of an "11 hour flight", the flight."""
    return word in _lists()["time"]


@lru_cache(maxsize=50_000)
def is_empty(word: str) -> bool:
    """Whether an English word (lower case) says nothing of what a review is about."""
    if word in _lists()["empty"] or _ELONGATED.search(word) or _ORDINAL.match(word):
        return True
    known = lexemes()
    if _is_noun(word):
        return word in _judging() and word not in _MATTERS and (word in known.adjectives or word in known.adverbs)
    if word in _judging() or word.endswith("ly"):
        return True
    return word not in known.adjectives and (word in known.adverbs or known.is_verb_form(word))


@lru_cache(maxsize=50_000)
def is_weak(word: str) -> bool:
    """Whether it makes no keyword alone."""
    if word in _lists()["alone"]:
        return True
    known = lexemes()
    if word in _judging() and word not in _MATTERS:
        return True
    return not ends_phrase(word) or (word in known.verbs and word not in _MATTERS and word.endswith(("ed", "ing")))


@lru_cache(maxsize=50_000)
def ends_phrase(word: str) -> bool:
    """Whether a phrase may end with it: a noun, or a word that no dictionary has, as names are."""
    return _is_noun(word) or word not in lexemes().adjectives


def _is_noun(word: str) -> bool:
    nouns = lexemes().nouns
    return word in nouns or singular(word) in nouns


@cache
def _judging() -> frozenset[str]:
    """VADER's words: each was rated as good or bad by ten people."""
    spec = find_spec("vaderSentiment")
    if spec is None or spec.origin is None:
        raise Unavailable("The lexicon is missing. Install it: pip install vaderSentiment")
    lines = Path(spec.origin).with_name("vader_lexicon.txt").read_text("utf8").splitlines()
    return frozenset(line.partition("\t")[0] for line in lines)


@cache
def _lists() -> dict[str, frozenset[str]]:
    sections: dict[str, set[str]] = {}
    for line in Path(__file__).with_name("keyword_words.txt").read_text("utf8").splitlines():
        if line.startswith("["):
            section = sections.setdefault(line[1 : line.index("]")], set())
        elif line and not line.startswith("#"):
            section |= set(line.split())
    return {name: frozenset(words) for name, words in sections.items()}
