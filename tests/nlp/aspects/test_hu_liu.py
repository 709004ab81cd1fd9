"""The figures of docs/aspects.md on Hu and Liu's annotated reviews, as floors a little below them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks import _aspect_terms as terms
from benchmarks._aspect_polarity import Head, Vader, judged, macro_f1, training
from benchmarks._hu_liu import ARCHIVES, HERE, Sentence, f1, same, sentences, words_of
from connectors.jars import jars_dir
from nlp.aspects.features import FEATURES
from nlp.aspects.finder import AspectFinder, vader_valences
from nlp.aspects.judging import BAND


@pytest.fixture(scope="module")
def archives() -> tuple[list[Sentence], list[Sentence]]:
    if not all((HERE / name).is_file() for name in ARCHIVES):
        pytest.skip("needs Hu and Liu's annotated reviews: put them at ../shared/data/absa_huliu beside the repository")
    return sentences(HERE / ARCHIVES[0]), sentences(HERE / ARCHIVES[1])


def test_terms_are_the_same_by_their_last_word_or_one_within_the_other() -> None:
    battery, life, picture = words_of("Batteries"), words_of("battery life"), words_of("picture quality")
    assert same(battery, life)
    assert same(words_of("quality"), picture)
    assert not same(battery, picture)
    assert f1([{battery}, {picture}], [{life}, set()]) == pytest.approx((0.5, 1.0, 2 / 3))


def test_every_label_of_both_archives_is_read(archives: tuple[list[Sentence], list[Sentence]]) -> None:
    assert [sum(len(each.labels) for each in every) for every in archives] == [2100, 2581]
    assert sum(each.opposite for every in archives for each in every) == 73


def test_the_weights_are_of_these_features() -> None:
    assert tuple(json.loads(terms.WEIGHTS.read_text())["weights"]) == FEATURES


@pytest.mark.long
def test_terms_and_polarity_reach_what_the_page_says(archives: tuple[list[Sentence], list[Sentence]]) -> None:
    one, two = archives
    valences, finder = vader_valences(), AspectFinder()
    for every, floor in ((two, 0.51), ([*one, *two], 0.55)):
        labelled = [each for each in every if each.labels]
        found = terms.found_by(finder, every, valences)
        kept = [its for its, each in zip(found, every, strict=True) if each.labels]
        assert f1(kept, [each.terms() for each in labelled])[2] >= floor
    every = [*one, *two]
    by_vader = judged(every, Vader())
    assert macro_f1(by_vader)[0] >= 0.70
    found = judged(every, _e5())
    assert macro_f1(found)[0] >= 0.86
    opposite, share = macro_f1([each for each in found if each.opposite], band=BAND)
    assert opposite >= 0.75
    assert share >= 0.65


def _e5() -> Any:
    from nlp.encoders.models import E5_SMALL
    from nlp.encoders.onnx import load

    return Head(load(E5_SMALL), None, *training(jars_dir()))


@pytest.mark.long
def test_the_weights_come_out_again(archives: tuple[list[Sentence], list[Sentence]]) -> None:
    rows = terms.rows(archives[0], vader_valences())
    model = terms.trained([its for its, each in zip(rows, archives[0], strict=True) if each.labels])
    kept = json.loads(terms.WEIGHTS.read_text())["weights"]
    assert dict(zip(FEATURES, model.coef_[0], strict=True)) == pytest.approx(kept, abs=0.01)
