"""Keywords in the manner of RAKE (Rose et al. 2010): no tagger, no parser, the same answer every time.

A phrase is a run of words between stop words, digits and punctuation; in English also between words of praise, manner and action, and it
ends with a noun (nlp.keyword_candidates). A run longer than three words is no phrase anybody would search for; its words stand alone, and
an endless word is none. A word's weight is degree / frequency, where degree counts the words of all phrases it occurs in; a phrase's
relevance is the sum of its words' weights times its number of occurrences, divided by the best one's. Spellings of one key
(nlp.keyword_key: singular and plural, hyphens) are one keyword, written as most often. Stop words are spaCy's for the language;
languages without any get none. Languages written without spaces get no keywords: there are no words to see without a segmenter.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import pairwise
from unicodedata import category

from nlp.keyword_candidates import ends_phrase, is_empty, is_known, is_time, is_weak
from nlp.keyword_key import keyword_key
from nlp.model import Keyword, Span
from nlp.stop_words import is_stop, stop_words

NAME = "reviewstream-rake 3"
LONGEST_PHRASE = 3
LONGEST_WORD = 100
"""Characters. Anything longer was pasted, and read models index keywords."""
_UNSPACED = frozenset(("bo", "dz", "ja", "km", "lo", "my", "th", "wuu", "yue", "zh"))
# Marks are parts of words in many scripts (combining accents, Indic vowel signs, joiners) but not \w.
_MARKS = "".join(sign for sign in map(chr, range(0x300, 0xFE30)) if category(sign) in ("Mn", "Mc")) + "\u200c\u200d"
_WORD = re.compile(rf"[^\W_][\w{_MARKS}]*")
_WORD_WITH_APOSTROPHE = re.compile(rf"{_WORD.pattern}(?:['\u2019](?!s\b)[^\W\d_]+)*")
"""Without a possessive's ending: "Delta's lounge" is of two names."""
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
    phrases = [part for run in _runs(text, language) for part in _parts(run, language)]
    if language == "en":
        phrases = [phrase for phrase in phrases if _says_something(phrase, text)]
    weights = _weights(phrases)
    spellings: dict[str, list[Phrase]] = {}
    scores: defaultdict[str, float] = defaultdict(float)
    for phrase in phrases:
        key = keyword_key(phrase.text, language)
        spellings.setdefault(key, []).append(phrase)
        scores[key] += sum(weights[word] for word, _, _ in phrase)
    ranked = sorted(scores, key=lambda key: (-scores[key], spellings[key][0].span.start))
    best = _telling(ranked, spellings, language)[:limit]
    return tuple(_keyword(spellings[key], scores[key] / scores[best[0]]) for key in best)


def _says_something(phrase: Phrase, text: str) -> bool:
    """Not weak words alone, and no single word that no dictionary has and that is not written as a name: it is misspelt."""
    written = text[phrase.span.start : phrase.span.end]
    if len(phrase) == 1 and written.isalpha() and written.isascii() and written[0].islower() and not is_known(written):
        return False
    return not all(is_weak(word) for word, _, _ in phrase)


def _telling(ranked: list[str], spellings: dict[str, list[Phrase]], language: str) -> list[str]:
    """Without what a longer phrase of the same review says better: no "lounge" beside "business class lounge"."""
    words = {key: [keyword_key(word, language) for word, _, _ in spellings[key][0]] for key in ranked}
    inner: set[str] = set()
    for parts in words.values():
        inner.update(
            "".join(parts[i:j]) for i in range(len(parts)) for j in range(i + 1, len(parts) + 1) if j - i < len(parts)
        )
    return [key for key in ranked if key not in inner]


def _keyword(phrases: list[Phrase], relevance: float) -> Keyword:
    """Written as most often, and of equals as first."""
    written = Counter(phrase.text for phrase in phrases).most_common(1)[0][0]
    return Keyword(written, round(relevance, 4), tuple(phrase.span for phrase in phrases))


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
    content = [
        word
        for word in words
        if len(word[0]) <= LONGEST_WORD
        and not is_stop(word[0], stops, language)
        and not (language == "en" and is_empty(word[0]))
    ]
    runs: list[list[tuple[str, int, int]]] = [content[:1]] if content else []
    for left, right in pairwise(content):
        if _GLUE.fullmatch(text, left[2], right[1]):
            runs[-1].append(right)
        else:
            runs.append([right])
    return [Phrase(run) for run in runs]


def _parts(run: Phrase, language: str) -> list[Phrase]:
    words = tuple(run)
    if language == "en":
        while words and not ends_phrase(words[-1][0]):
            words = words[:-1]
        while len(words) > 1 and is_time(words[0][0]):
            words = words[1:]
    if len(words) <= LONGEST_PHRASE:
        return [Phrase(words)] if words else []
    return [Phrase((word,)) for word in words]
