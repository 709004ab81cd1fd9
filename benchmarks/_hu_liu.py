"""Hu and Liu's annotated reviews of 14 products: reading them, and when a term counts as found.

A label is `term[+2]`, with [u] or [p] where the term is not in the sentence. Two terms are the same where their last words are (in
the singular), or where all words of one stand together in the other: "battery" and "battery life".
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from nlp.aspects.clauses import tokens
from nlp.aspects.lexicon import lexicon

HERE = Path(__file__).parents[2] / "shared" / "data" / "absa_huliu"
ARCHIVES = ("product_reviews_1.zip", "product_reviews_2.zip")
_LABEL = re.compile(r"\s*([^\[\],]+)\s*((?:\[[^\]]*\])+)")
_SIGN = re.compile(r"\[([+-])\d?\]")
Key = tuple[str, ...]


class Label(NamedTuple):
    """A term as annotated; `implicit`: marked as not in the sentence."""

    term: str
    positive: bool
    implicit: bool

    @property
    def key(self) -> Key:
        """Its words in the singular."""
        return words_of(self.term)


class Sentence(NamedTuple):
    """A sentence with its labels; `review` counts within the product."""

    product: str
    review: int
    text: str
    labels: tuple[Label, ...]

    @property
    def opposite(self) -> bool:
        """Whether it praises one thing and blames another."""
        return len({label.positive for label in self.labels}) > 1

    def terms(self) -> set[Key]:
        """The labelled terms whose last word is in the sentence: no one can find the others by reading it."""
        inside = set(words_of(self.text))
        return {one.key for one in self.labels if not one.implicit and one.key and one.key[-1] in inside}


def words_of(text: str) -> Key:
    """Words in lower case and in the singular."""
    return tuple(lexicon().singular(word) for word in re.findall(r"[a-z0-9]+", text.lower()))


def sentences(archive: Path) -> list[Sentence]:
    """All sentences of an archive, in the order of its files."""
    found: list[Sentence] = []
    with zipfile.ZipFile(archive) as files:
        for name in sorted(each for each in files.namelist() if each.endswith(".txt") and "README" not in each):
            found += _of_product(Path(name).stem, files.read(name).decode("latin-1"))
    return found


def _of_product(product: str, lines: str) -> Iterable[Sentence]:
    review = 0
    for line in lines.splitlines():
        review += line.startswith("[t]")
        labels, marked, text = line.partition("##")
        if marked and text.strip() and not line.startswith("[t]"):
            yield Sentence(product, review, text.strip(), tuple(_labels(labels)))


def _labels(text: str) -> Iterable[Label]:
    for term, marks in _LABEL.findall(text):
        if sign := _SIGN.search(marks):
            yield Label(term.strip().lower(), sign[1] == "+", "[u]" in marks or "[p]" in marks)


def same(one: Key, other: Key) -> bool:
    """Whether two terms mean the same thing, as said above."""
    if not one or not other:
        return False
    short, long = sorted((one, other), key=len)
    return one[-1] == other[-1] or any(long[i : i + len(short)] == short for i in range(len(long) - len(short) + 1))


def f1(
    found: Sequence[set[Key]], labelled: Sequence[set[Key]], alike: Callable[[Key, Key], bool] = same
) -> tuple[float, float, float]:
    """Precision, recall and F1 of terms by sentence."""
    pairs = list(zip(found, labelled, strict=True))
    right = sum(any(alike(one, gold) for gold in golds) for ones, golds in pairs for one in ones)
    seen = sum(any(alike(one, gold) for one in ones) for ones, golds in pairs for gold in golds)
    precision, recall = right / max(sum(map(len, found)), 1), seen / max(sum(map(len, labelled)), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def by_product(every: Iterable[Sentence]) -> Mapping[str, list[str]]:
    """The reviews of each product."""
    reviews: dict[str, dict[int, str]] = {}
    for each in every:
        its = reviews.setdefault(each.product, {})
        its[each.review] = its.get(each.review, "") + each.text + "\n"
    return {product: list(its.values()) for product, its in reviews.items()}


def term_at(text: str, term: Key) -> int | None:
    """Offset of the first word of the sentence that is the last of a term, or holds it; None without."""
    if not term:
        return None
    words = [(word.start, words_of(word.word)) for word in tokens(text)]
    return next((start for start, inside in words if term[-1] in inside), None)
