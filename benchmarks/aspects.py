"""Aspects on Hu and Liu's annotated reviews: terms, polarity of the clause, and what both cost.

Terms and the rules of clauses were made on the first archive; the second is the test, "both" are all 14 products.
`--train` writes nlp/aspects/terms.json again from the first archive; `--no-encoders` leaves out what takes minutes.
Run: python benchmarks/aspects.py [--train] [--no-encoders]
"""

from __future__ import annotations

import csv
import gzip
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

os.environ.update({"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"})
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import _aspect_terms as terms
from benchmarks._aspect_polarity import Head, Judged, Vader, judged, macro_f1, training
from benchmarks._hu_liu import ARCHIVES, HERE, Sentence, f1, sentences
from connectors.jars import jars_dir
from nlp.aspects.finder import AspectFinder, vader_valences
from nlp.aspects.judging import BAND
from nlp.encoders.models import E5_SMALL, MINILM
from nlp.encoders.onnx import load

ZOOM = HERE.parent / "zoom_play" / "zoom_play_reviews.tsv.gz"


def main() -> None:
    if not all((HERE / name).is_file() for name in ARCHIVES):
        sys.exit(f"skipped: no annotated reviews at {HERE}")
    one, two = (sentences(HERE / name) for name in ARCHIVES)
    if "--train" in sys.argv:
        rows = terms.rows(one, vader_valences())
        terms.save(terms.trained([its for its, each in zip(rows, one, strict=True) if each.labels]))
    show_terms(one, two)
    show_cost()
    for name, polarity in polarities():
        show_polarity(name, one, two, polarity)


def show_terms(one: Sequence[Sentence], two: Sequence[Sentence]) -> None:
    finder, valences = AspectFinder(), vader_valences()
    every = [*one, *two]
    found = terms.found_by(finder, every, valences)
    for name, among in (("first archive (made on it)", one), ("second archive (test)", two), ("both", every)):
        for which, kept in (("sentences with labels", [e for e in among if e.labels]), ("all sentences", among)):
            chosen = {id(e) for e in kept}
            mine = [its for its, e in zip(found, every, strict=True) if id(e) in chosen]
            print(
                f"terms, {name}, {which}: "
                + "precision {:.3f} recall {:.3f} F1 {:.3f}".format(*f1(mine, [e.terms() for e in kept]))
            )
    labelled = [e for e in every if e.labels]
    print(
        f"terms, each product by weights of the other 13: F1 {terms.across_products(labelled, terms.rows(labelled, valences)):.3f}"
    )


def show_cost() -> None:
    if not ZOOM.is_file():
        return
    with gzip.open(ZOOM, "rt", encoding="utf8", newline="") as lines:
        texts = [row["text"] for row in csv.DictReader(lines, delimiter="\t")]
    finder = AspectFinder()
    begun = time.process_time()
    parsed = [finder.parse(text) for text in texts]
    each = 1000 * (time.process_time() - begun) / len(texts)
    mean = sum(map(len, texts)) / len(texts)
    asked = sum(len({c for f in one.found for c in one.sentence_of(f)}) for one in parsed) / len(texts)
    print(
        f"cost, {len(texts):,} reviews of {mean:.0f} characters: {each:.3f} ms of CPU a review for terms and clauses "
        f"({each * 120 / mean:.3f} for 120 characters), {asked:.1f} clauses to judge, {sum(len(one.found) for one in parsed) / len(texts):.1f} terms"
    )


def polarities() -> Iterator[tuple[str, Any]]:
    vader = Vader()
    yield "VADER", vader
    if "--no-encoders" in sys.argv:
        return
    texts, positive = training(jars_dir())
    yield "MiniLM + VADER", Head(load(MINILM), vader, texts, positive)
    yield "e5-small", Head(load(E5_SMALL), None, texts, positive)


def show_polarity(name: str, one: Sequence[Sentence], two: Sequence[Sentence], polarity: Any) -> None:
    halves = [judged(each, polarity) for each in (one, two)]
    every = [*halves[0], *halves[1]]
    sets = {
        "first": halves[0],
        "second": halves[1],
        "both": every,
        "opposite": [each for each in every if each.opposite],
    }
    print(f"polarity, {name}: " + ", ".join(f"{which} {_figures(found)}" for which, found in sets.items()))


def _figures(found: Sequence[Judged]) -> str:
    forced, (decided, share) = macro_f1(found)[0], macro_f1(found, band=BAND)
    return f"F1 {forced:.3f} (decided {decided:.3f} of {share:.2f}; n {len(found)})"


if __name__ == "__main__":
    main()
