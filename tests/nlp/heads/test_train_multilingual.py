from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from nlp.encoders.e5_numpy import E5Encoder
from nlp.heads import data, train_multilingual
from nlp.heads.data import Rated
from nlp.heads.multilingual import FILE, MultilingualHead
from schemas.errors import Unavailable


def vectors_of(ratings: list[float]) -> np.ndarray:
    """Noise, with a little of the rating in the first of eight numbers."""
    numbers = np.random.default_rng(7).normal(size=(len(ratings), 8)).astype(np.float32)
    numbers[:, 0] += np.array(ratings)
    return numbers


RATINGS = [1.0, -1.0, 2.0, -2.0] * 150


def test_training_twice_gives_the_same_calibrated_head(tmp_path: Path) -> None:
    texts = [Rated("", rating) for rating in RATINGS]
    head = train_multilingual.trained(vectors_of(RATINGS), texts)
    assert head == train_multilingual.trained(vectors_of(RATINGS), texts)
    assert head["texts"] == 600
    assert head["accuracy"] > 0.85
    assert head["ece"] < 0.06
    path = tmp_path / "head.json"
    path.write_text(json.dumps({**head, "encoder": "made up"}))
    p = MultilingualHead(path).positive(vectors_of(RATINGS))
    assert np.mean((p > 0.5) == (np.array(RATINGS) > 0)) > 0.85


def fetched(cache: Path) -> list[Rated]:
    try:
        return data.rated_sentences(cache)
    except Unavailable as error:
        pytest.skip(f"needs a package index that pip can reach: {error}")


def test_snippets_are_clear_and_english(tmp_path: Path) -> None:
    found = fetched(tmp_path)
    assert json.loads(FILE.read_text())["texts"] == len(found)
    assert all(data.LEAST_MEAN <= abs(each.mean) <= 4 for each in found)
    assert 0.3 < np.mean([each.mean > 0 for each in found]) < 0.7


@pytest.mark.long
def test_training_again_gives_the_committed_head(e5: E5Encoder, tmp_path: Path) -> None:
    """Vectors differ by 1e-6 between processors; weights in four places then differ in the last ones."""
    found = fetched(tmp_path)
    head = train_multilingual.trained(e5.embed([each.text for each in found]), found)
    committed = json.loads(FILE.read_text())
    assert head["weights"] == pytest.approx(committed["weights"], abs=0.02)
    assert head["accuracy"] == pytest.approx(committed["accuracy"], abs=0.002)
