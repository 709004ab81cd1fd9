"""Trains the weights that choose terms, on the first archive's sentences that have labels, and finds terms with any weights."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import nlp.aspects
from benchmarks._hu_liu import Key, Sentence, by_product, f1, same, words_of
from nlp.aspects.candidates import Context, runs
from nlp.aspects.clauses import clauses, tokens
from nlp.aspects.features import FEATURES, Around
from nlp.aspects.finder import AspectFinder, Known
from nlp.aspects.lexicon import lexicon
from nlp.aspects.terms import commonness

WEIGHTS = Path(nlp.aspects.__file__).with_name("terms.json")
THRESHOLD = 0.23
NAME = "aspect terms 1"
Row = tuple[Key, tuple[float, ...], bool]


def rows(every: Sequence[Sentence], valences: dict[str, float]) -> list[list[Row]]:
    """For each sentence its candidates: key, features, whether it is labelled."""
    known = {product: commonness(reviews, valences) for product, reviews in by_product(every).items()}
    return [list(_rows(each, Context(lexicon(), valences, known[each.product]))) for each in every]


def _rows(sentence: Sentence, context: Context) -> Iterator[Row]:
    words, golds = tokens(sentence.text), sentence.terms()
    for clause in clauses(words):
        every = runs(words, clause, context)
        if not every:
            continue
        around = Around(words, clause, context, every)
        for rank, (a, b) in enumerate(every):
            term = words_of(sentence.text[words[a].start : words[b - 1].end])
            yield term, tuple(map(float, around.features(rank, a, b))), any(same(term, gold) for gold in golds)


def trained(given: Sequence[list[Row]]) -> Any:
    """A logistic regression without an intercept: the bias is a feature."""
    from sklearn.linear_model import LogisticRegression

    flat = [row for each in given for row in each]
    model = LogisticRegression(C=0.3, max_iter=3000, fit_intercept=False)
    return model.fit(np.array([row[1] for row in flat]), [row[2] for row in flat])


def chosen(model: Any, given: Sequence[list[Row]], threshold: float = THRESHOLD) -> list[set[Key]]:
    """The terms of each sentence."""
    return [
        {
            row[0]
            for row, p in zip(each, model.predict_proba(np.array([r[1] for r in each]))[:, 1], strict=True)
            if p >= threshold
        }
        if each
        else set()
        for each in given
    ]


def save(model: Any) -> None:
    """Write the product's file."""
    weights = {name: round(float(w), 4) for name, w in zip(FEATURES, model.coef_[0], strict=True)}
    document = {
        "name": NAME,
        "trained_on": "Hu & Liu, product_reviews_1 (CC BY 4.0)",
        "threshold": THRESHOLD,
        "weights": weights,
    }
    WEIGHTS.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def found_by(finder: AspectFinder, every: Sequence[Sentence], valences: dict[str, float]) -> list[set[Key]]:
    """The terms of each sentence as the product finds them."""
    known = {product: Known(commonness=commonness(reviews, valences)) for product, reviews in by_product(every).items()}
    parsed = [finder.parse(each.text, known[each.product]) for each in every]
    return [
        {words_of(one.text[one.words[f.first].start : one.words[f.end - 1].end]) for f in one.found} for one in parsed
    ]


def across_products(every: Sequence[Sentence], given: Sequence[list[Row]]) -> float:
    """F1 of terms of each product by weights that were trained on the other products."""
    found: list[set[Key]] = [set()] * len(every)
    for product in {each.product for each in every}:
        inside = [i for i, each in enumerate(every) if each.product == product]
        model = trained([rows for rows, each in zip(given, every, strict=True) if each.product != product])
        for i, terms in zip(inside, chosen(model, [given[i] for i in inside]), strict=True):
            found[i] = terms
    return f1(found, [each.terms() for each in every])[2]
