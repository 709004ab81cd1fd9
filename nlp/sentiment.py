"""Sentiment by VADER, with the words that made it.

vaderSentiment is the authority on every rule and number. This module walks the tokens itself for two reasons: to keep
each token's valence as evidence, and to stay linear. The library lowers every word of the text again for each hit;
its rules look three words back and two ahead, so that window is all it gets. Scores are equal to the last digit.

Rules
- English: the compound score, labelled by the authors' cuts (>= 0.05 positive, <= -0.05 negative, else neutral).
- Any other language: undetermined, score None. An English lexicon knows nothing about it.
- `und`: only emoji and emoticons count and runs of letters are masked, since "die" and "fatal" are words of several
  languages. Without any such sign: undetermined.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from importlib.metadata import version

from vaderSentiment import vaderSentiment as vader  # noqa: N813  # the package's own name for its module

from nlp.emoji import EmojiReader
from nlp.model import UNDETERMINED_LANGUAGE, Label, LexiconHit, Sentiment
from nlp.reading.edits import Edited

POSITIVE_FROM, NEGATIVE_FROM = 0.05, -0.05
UNDETERMINED = Sentiment(None, "undetermined", 0.0, 0.0, 0.0, ())
_LOOK_BACK, _LOOK_AHEAD = 3, 2
_TOKEN = re.compile(r"\S+")
_LETTERS = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Reading:
    """What VADER saw: its verdict, and for each token (non-space run) its offsets in the given text and its valence."""

    sentiment: Sentiment
    tokens: Sequence[tuple[int, int]] = ()
    valences: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class _Window:
    """The part of the library's SentiText that its rules touch."""

    words_and_emoticons: list[str]
    is_cap_diff: bool


class SentimentAnalyzer:
    """VADER with its lexicon loaded once (7,500 words and emoticons, 3,500 emoji)."""

    def __init__(self, emoji_words: Mapping[str, str] | None = None) -> None:
        """`emoji_words` are read in place of the library's descriptions."""
        self._vader = vader.SentimentIntensityAnalyzer()
        self._emoji = EmojiReader({**self._vader.emojis, **(emoji_words or {})})
        self._quiet = frozenset(vader.BOOSTER_DICT)
        self.name = f"vaderSentiment {version('vaderSentiment')}"

    def read(self, text: str, language: str) -> Reading:
        """The sentiment of a text in that language, by the rules above; linear in its length."""
        if language == "en":
            return self._read(text)
        if language != UNDETERMINED_LANGUAGE:
            return Reading(UNDETERMINED)
        reading = self._read(_LETTERS.sub(lambda run: " " * len(run.group()), text))
        return reading if reading.sentiment.evidence else Reading(UNDETERMINED)

    def _read(self, text: str) -> Reading:
        wording = self._emoji.read(text)
        spans = [token.span() for token in _TOKEN.finditer(wording.text)]
        words = [_bare(wording.text[start:end]) for start, end in spans]
        valences = self._valences(words)
        scores = self._vader.score_valence(valences, wording.text)
        evidence = tuple(
            _hit(text, wording, span, word, valence)
            for span, word, valence in zip(spans, words, valences, strict=True)
            if valence
        )
        score = scores["compound"] + 0.0  # never -0.0
        verdict = Sentiment(score, label_of(score), scores["pos"], scores["neu"], scores["neg"], evidence)
        return Reading(verdict, wording.spans(spans), valences)

    def _valences(self, words: list[str]) -> list[float]:
        """Of each word, after boosters, negation, capitals, idioms and the word "but"."""
        lowered = [word.lower() for word in words]
        shouting = vader.allcap_differential(words)
        valences = [0.0] * len(words)
        for i, word in enumerate(lowered):
            if word in self._vader.lexicon and not self._modifies(lowered, i):
                valences[i] = self._valence(words, i, shouting=shouting)
        if "but" in lowered:
            _weigh_around(lowered.index("but"), valences)
        return valences

    def _modifies(self, lowered: list[str], i: int) -> bool:
        return lowered[i] in self._quiet or (lowered[i] == "kind" and lowered[i + 1 : i + 2] == ["of"])

    def _valence(self, words: list[str], i: int, *, shouting: bool) -> float:
        first = max(0, i - _LOOK_BACK)
        window = _Window(words[first : i + _LOOK_AHEAD + 1], shouting)
        valence: float = self._vader.sentiment_valence(0, window, words[i], i - first, [])[-1]
        return valence


def _bare(token: str) -> str:
    """Without punctuation around it, unless two characters or fewer remain: then it may be an emoticon."""
    stripped = token.strip(string.punctuation)
    return stripped if len(stripped) > 2 else token


def label_of(score: float) -> Label:
    """The authors' cuts."""
    if score >= POSITIVE_FROM:
        return "positive"
    return "negative" if score <= NEGATIVE_FROM else "neutral"


def _hit(text: str, wording: Edited, span: tuple[int, int], word: str, valence: float) -> LexiconHit:
    before = wording.text.index(word, span[0])
    start, end = wording.span(before, before + len(word))
    return LexiconHit(text[start:end], start, end, round(valence, 4))


def _weigh_around(but: int, valences: list[float]) -> None:
    """Halve the values before "but" and raise those after it by half, in place.

    The library looks each value up by equality and changes the first equal one, so equal values before "but" are
    changed in place of later ones; published scores contain that, hence it is kept. A heap of positions per value
    does the same in n log n.
    """
    positions: dict[float, list[int]] = {}
    hits = [i for i, valence in enumerate(valences) if valence]
    for i in hits:
        positions.setdefault(valences[i], []).append(i)  # ascending, so already a heap
    for i in hits:
        value = valences[i]
        first = positions[value][0]
        if first == but:
            continue
        heappop(positions[value])
        valences[first] = value * (0.5 if first < but else 1.5)
        heappush(positions.setdefault(valences[first], []), first)
