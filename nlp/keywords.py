"""Keywords in the manner of RAKE (Rose et al. 2010): no tagger, no parser, the same answer every time.

A phrase is a run of words between stop words, digits and punctuation. A run longer than three words is no phrase
anybody would search for; its words stand alone, and an endless word is none. A word's weight is degree / frequency, where degree counts the words of
all phrases it occurs in; a phrase's relevance is the sum of its words' weights times its number of occurrences,
divided by the best one's. Stop words are spaCy's for the language; languages without any get none. Languages written
without spaces get no keywords: there are no words to see without a segmenter.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import pairwise
from unicodedata import category

from nlp.model import Keyword, Span
from nlp.stop_words import is_stop, stop_words

NAME = "reviewstream-rake 2"
LONGEST_PHRASE = 3
LONGEST_WORD = 100
"""Characters. Anything longer was pasted, and read models index keywords."""
_UNSPACED = frozenset(("bo", "dz", "ja", "km", "lo", "my", "th", "wuu", "yue", "zh"))
# Marks are parts of words in many scripts (combining accents, Indic vowel signs, joiners) but not \w.
_MARKS = "".join(sign for sign in map(chr, range(0x300, 0xFE30)) if category(sign) in ("Mn", "Mc")) + "\u200c\u200d"
_WORD = re.compile(rf"[^\W_][\w{_MARKS}]*")
_WORD_WITH_APOSTROPHE = re.compile(rf"{_WORD.pattern}(?:['\u2019][^\W\d_]+)*")
_ELIDING = frozenset(("ca", "fr", "it"))  # where an apostrophe ends a word: l'ascenseur
_GLUE = re.compile(r"[^\S\r\n]+|-")  # what may stand between two words of a phrase


class Phrase(tuple[tuple[str, int, int], ...]):
    """Consecutive words (lower case, start, end)."""

    __slots__ = ()

    @property
    def text(self) -> str:
        """The words with one space between them."""
        return " ".join(word for word, _, _ in self)

    @property
    def span(self) -> Span:
        """From the first word's first character to the last one's last."""
        return Span(self[0][1], self[-1][2])


def keywords_of(text: str, language: str, limit: int = 10) -> tuple[Keyword, ...]:
    """At most `limit` keywords, best first; equal ones in the order of the text."""
    if language in _UNSPACED:
        return ()
    phrases = [part for run in _runs(text, language) for part in _parts(run)]
    weights = _weights(phrases)
    spans: dict[str, list[Span]] = {}
    scores: defaultdict[str, float] = defaultdict(float)
    for phrase in phrases:
        spans.setdefault(phrase.text, []).append(phrase.span)
        scores[phrase.text] += sum(weights[word] for word, _, _ in phrase)
    best = sorted(scores, key=lambda name: (-scores[name], spans[name][0].start))[:limit]
    return tuple(Keyword(name, round(scores[name] / scores[best[0]], 4), tuple(spans[name])) for name in best)


def _weights(phrases: list[Phrase]) -> dict[str, float]:
    frequency: Counter[str] = Counter()
    degree: Counter[str] = Counter()
    for phrase in phrases:
        for word, _, _ in phrase:
            frequency[word] += 1
            degree[word] += len(phrase)
    return {word: degree[word] / frequency[word] for word in frequency}


def _runs(text: str, language: str) -> list[Phrase]:
    stops = stop_words(language)
    pattern = _WORD if language in _ELIDING else _WORD_WITH_APOSTROPHE
    words = [(found.group().lower(), *found.span()) for found in pattern.finditer(text)]
    content = [word for word in words if len(word[0]) <= LONGEST_WORD and not is_stop(word[0], stops, language)]
    runs: list[list[tuple[str, int, int]]] = [content[:1]] if content else []
    for left, right in pairwise(content):
        if _GLUE.fullmatch(text, left[2], right[1]):
            runs[-1].append(right)
        else:
            runs.append([right])
    return [Phrase(run) for run in runs]


def _parts(run: Phrase) -> list[Phrase]:
    return [run] if len(run) <= LONGEST_PHRASE else [Phrase((word,)) for word in run]
