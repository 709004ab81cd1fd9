"""Which of a tenant's keywords tell something: without boilerplate, names and praise; spellings joined; phrases by association."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import log

from nlp.keyword_candidates import is_empty, is_weak
from nlp.keyword_key import keyword_key

MOST_OF = 0.2
"""A key in more than this share of a source's reviews is the source's boilerplate."""
FEWEST = 50
"""Of fewer reviews no share is told."""
_WORDS = re.compile(r"[^\W_]+")


@dataclass(slots=True)
class Counted:
    """A keyword, in how many reviews, and the sum of its relevances."""

    text: str
    reviews: int
    relevance: float
    spellings: int = 1


@dataclass(frozen=True, slots=True)
class TopKeyword:
    """A key phrase in its commonest spelling; relevance 0 to 1; `spellings` counts those joined.

    `association` is the phrase's normalised pointwise mutual information, -1 to 1: 1 if its words occur in it alone; None for one word.
    """

    text: str
    reviews: int
    avg_relevance: float
    association: float | None = None
    spellings: int = 1


@dataclass(slots=True)
class LeftOut:
    """Keywords that were left out, the most frequent ones first; and how many spellings were joined to others."""

    boilerplate: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    praise: list[str] = field(default_factory=list)
    spellings_joined: int = 0


def boilerplate(reviews: Iterable[Sequence[str]]) -> set[str]:
    """Keys in more than a fifth of a source's reviews, given the keywords of each; none of fewer than 50 reviews."""
    keys = [{keyword_key(word) for word in words} for words in reviews]
    counts = Counter(key for those in keys for key in those)
    return {key for key, count in counts.items() if len(keys) >= FEWEST and count > MOST_OF * len(keys)}


def ranked(
    found: Sequence[Counted], reviews: int, common: set[str], names: Iterable[str], left_out: LeftOut
) -> list[TopKeyword]:
    """Best first. `found` is ordered by reviews; what is no keyword goes to `left_out`."""
    telling = _joined(found, left_out)
    own = [frozenset(_WORDS.findall(name.casefold())) for name in names]
    kept = [each for key, each in telling.items() if _is_kept(key, each.text, common, own, left_out)]
    per_word: Counter[str] = Counter()
    for each in telling.values():
        for word in set(each.text.split()):
            per_word[word] += each.reviews
    tops = [(_top(each, per_word, max(reviews, 1)), each.reviews) for each in kept]
    return [
        top
        for top, _ in sorted(tops, key=lambda pair: (-pair[1] * (1 + max(pair[0].association or 0, 0)), pair[0].text))
    ]


def _joined(found: Sequence[Counted], left_out: LeftOut) -> dict[str, Counted]:
    joined: dict[str, Counted] = {}
    for each in found:
        first = joined.setdefault(keyword_key(each.text), each)
        if first is not each:
            first.reviews += each.reviews
            first.relevance += each.relevance
            first.spellings += 1
            left_out.spellings_joined += 1
    return joined


def _is_kept(key: str, text: str, common: set[str], own: list[frozenset[str]], left_out: LeftOut) -> bool:
    words = frozenset(_WORDS.findall(text.casefold()))
    if key in common:
        left_out.boilerplate.append(text)
    elif any(words and words <= name for name in own):
        left_out.names.append(text)
    elif all(is_empty(word) or is_weak(word) for word in words):
        left_out.praise.append(text)
    else:
        return True
    return False


def _top(each: Counted, per_word: Counter[str], reviews: int) -> TopKeyword:
    words = each.text.split()
    relevance = each.relevance / each.reviews
    if len(words) < 2:
        return TopKeyword(each.text, each.reviews, relevance, None, each.spellings)
    share = min(each.reviews / reviews, 1.0)
    independent = sum(log(min(per_word[word] / reviews, 1.0)) for word in words)
    # A phrase in every review has no information left to normalise by.
    association = 1.0 if share == 1.0 else (log(share) - independent) / (-log(share) * (len(words) - 1))
    return TopKeyword(each.text, each.reviews, relevance, round(max(-1.0, min(association, 1.0)), 4), each.spellings)
