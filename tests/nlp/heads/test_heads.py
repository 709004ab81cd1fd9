"""The committed heads: what they were trained on, that training again gives them, and what a head makes of any vector."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.emoji import emoji_words
from nlp.heads import data
from nlp.heads.calibration import calibration_error, reliability
from nlp.heads.data import Rated
from nlp.heads.head import Head
from nlp.heads.kinds import KINDS, MINILM, MULTILINGUAL, Kind, features_of, kind_of
from nlp.loading import encoder_of
from nlp.sentiment import SentimentAnalyzer
from nlp.train_heads import digest, trained
from schemas.errors import Unavailable

NAMES = [kind.name for kind in KINDS]
RATINGS = [1.0, -1.0, 2.0, -2.0, 0.1] * 120


def committed(kind: Kind) -> dict[str, object]:
    found: dict[str, object] = json.loads(kind.path.read_text())
    return found


def rated(cache: Path) -> list[Rated]:
    try:
        return data.rated_sentences(cache)
    except Unavailable as error:
        pytest.skip(f"needs a package index that pip can reach: {error}")


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_a_head_was_trained_on_the_pinned_sentences(kind: Kind, tmp_path_factory: pytest.TempPathFactory) -> None:
    sentences = rated(tmp_path_factory.getbasetemp() / "heads")
    head = committed(kind)
    assert (head["trained_on"], head["texts_sha256"]) == (data.requirement(), digest(sentences))
    assert head["sentences"] == len(sentences)
    assert kind.path.stat().st_size < 6_000
    assert head["ece"] < 0.05  # type: ignore[operator]
    assert head["accuracy"] > 0.8  # type: ignore[operator]


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_training_again_gives_the_committed_head(kind: Kind, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Of a part of the sentences only the vectors are made again; with all of them the heads are equal to the last digit."""
    sentences = rated(tmp_path_factory.getbasetemp() / "heads")
    lexicon, encoder = SentimentAnalyzer(emoji_words()), encoder_of(kind)
    part = sentences if kind is MINILM else sentences[:: len(sentences) // 1_500]
    texts = [each.text for each in part]
    vectors, features = encoder.embed(texts), features_of(kind, texts, lexicon)
    head = committed(kind)
    if kind is MINILM:
        again = trained(kind, vectors, features, part)
        assert again["weights"] == pytest.approx(head["weights"], abs=0.002)
        assert again["feature_weights"] == pytest.approx(head["feature_weights"], abs=0.002)
    means = np.array([each.mean for each in part])
    found = Head(kind.path).valences(vectors, features)
    assert np.corrcoef(found, means)[0, 1] > 0.6
    clear = np.abs(means) >= data.LEAST_MEAN
    assert np.mean((found > 0)[clear] == (means > 0)[clear]) == pytest.approx(head["accuracy"], abs=0.05)


def made_up(kind: Kind) -> tuple[np.ndarray, np.ndarray, list[Rated]]:
    """Noise, with a little of the rating in the first of eight numbers; the last one is always the same."""
    numbers = np.random.default_rng(7).normal(size=(len(RATINGS), 8)).astype(np.float32)
    numbers[:, 0] += np.array(RATINGS)
    numbers[:, 7] = 1e-33
    features = np.zeros((len(RATINGS), 4 if kind.reads_words else 1))
    return numbers, features, [Rated("", rating) for rating in RATINGS]


@pytest.mark.parametrize("kind", [MINILM, MULTILINGUAL], ids=lambda kind: kind.name)
def test_training_twice_gives_the_same_calibrated_head(kind: Kind, tmp_path: Path) -> None:
    vectors, features, sentences = made_up(kind)
    head = trained(kind, vectors, features, sentences)
    assert head == trained(kind, vectors, features, sentences)
    assert head["ece"] < 0.08
    path = tmp_path / "head.json"
    path.write_text(json.dumps({**head, "encoder": "made up"}))
    assert np.corrcoef(Head(path).valences(vectors, features), RATINGS)[0, 1] > 0.75


HEADS = {kind.name: Head(kind.path) for kind in KINDS}


@given(st.lists(st.floats(-4, 4), max_size=30))
def test_what_agrees_makes_sure_and_leaving_out_moves_the_right_way(numbers: list[float]) -> None:
    head, valences = HEADS["minilm"], np.array(numbers)
    p, without = head.probability(valences), head.without_each(valences)
    assert 0 <= p <= 1
    assert len(without) == len(numbers)
    if len(numbers) == 1:
        assert without == [0.5]
    for valence in (0.8, 2.0):
        sure = [head.probability(np.full(n, valence)) for n in (1, 2, 8)]
        assert sure == sorted(sure)


def test_which_head_measures_which_text() -> None:
    assert kind_of("lexicon", "en") is None
    assert [kind_of(tier, "en").name for tier in ("quick", "precise")] == ["minilm", "e5"]  # type: ignore[union-attr]
    assert {kind_of(tier, other) for tier in ("quick", "precise") for other in ("fr", "und")} == {MULTILINGUAL}


def test_calibration_is_how_far_shares_are_from_probabilities() -> None:
    sure, truth = np.array([0.95, 0.95, 0.05, 0.05]), np.array([True, True, False, False])
    assert calibration_error(sure, truth) == pytest.approx(0.05)
    assert calibration_error(np.array([1.0, 1.0]), np.array([False, False])) == 1
    assert calibration_error(np.array([]), np.array([])) == 0
    assert [each.texts for each in reliability(sure, truth)] == [2, 2]
