"""How a review speaks of one thing in it: the sentiment of the words around its mentions.

Around means up to eight tokens on each side within the sentence; the mention's own words say nothing about it ("Best
Buy"). The valences are the ones VADER gave those tokens in the whole text, so negation and "but" are heard even from
outside of the window. Their sum is squashed into [-1, 1] the way VADER does it, and mentions with evidence are averaged.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import takewhile

from vaderSentiment.vaderSentiment import normalize

from nlp.model import Span
from nlp.sentiment import Reading

WINDOW = 8
_CLOSING = "\"'\u201d\u2019)]}*"  # quotes and brackets may follow the punctuation that ends a sentence
_ENDS = (".", "!", "?", "…")


def sentiment_around(mentions: Sequence[Span], text: str, reading: Reading) -> float | None:
    """In [-1, 1], or None when no word around any mention carries sentiment."""
    scores = [score for mention in mentions if (score := _score(mention, text, reading)) is not None]
    return round(sum(scores) / len(scores), 4) if scores else None


def _score(mention: Span, text: str, reading: Reading) -> float | None:
    tokens = reading.tokens
    first = bisect_right(tokens, mention.start, key=lambda token: token[1])
    after = bisect_left(tokens, mention.end, key=lambda token: token[0])
    before = takewhile(lambda i: not _ends_sentence(text, tokens[i]), range(first - 1, max(first - 1 - WINDOW, -1), -1))
    valences = [reading.valences[i] for i in before]
    if not any(_ends_sentence(text, token) for token in tokens[first:after][-1:]):
        valences += _until_sentence_end(range(after, min(after + WINDOW, len(tokens))), text, reading)
    heard = [valence for valence in valences if valence]
    return float(normalize(sum(heard))) if heard else None


def _until_sentence_end(positions: range, text: str, reading: Reading) -> list[float]:
    valences = []
    for i in positions:
        valences.append(reading.valences[i])
        if _ends_sentence(text, reading.tokens[i]):
            break
    return valences


def _ends_sentence(text: str, token: tuple[int, int]) -> bool:
    return text[token[0] : token[1]].rstrip(_CLOSING).endswith(_ENDS)
