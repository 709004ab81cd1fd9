"""Encoders: a text's vector depends on nothing but the text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nlp.encoders.models import E5_SMALL, MINILM, MODELS, Model
from nlp.encoders.onnx import OnnxEncoder, load
from schemas.errors import Unavailable
from tests.effort import examples

TEXTS = ["Good.", "The room was dirty and the staff rude.", "I love this app, it never crashes.", "x " * 60]
STRANGE = ["", " ", "\ud800", "\ufdfa" * 10, "日本語", "\x00", "👎🏽", "x" * 200_000, "word " * 40_000]


def loaded(model: Model) -> OnnxEncoder:
    try:
        return load(model)
    except Unavailable as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def minilm() -> OnnxEncoder:
    return loaded(MINILM)


@pytest.fixture(scope="module", params=MODELS, ids=lambda model: model.artifact)
def encoder(request: pytest.FixtureRequest) -> OnnxEncoder:
    return loaded(request.param)


def test_vectors_have_length_one_and_the_order_of_the_texts(encoder: OnnxEncoder) -> None:
    vectors = encoder.embed(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((4, 384), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(encoder.embed(TEXTS[::-1])[::-1], vectors, atol=1e-4)


def test_neighbours_do_not_matter(encoder: OnnxEncoder) -> None:
    together = encoder.embed([*TEXTS, *STRANGE, *TEXTS])
    alone = np.concatenate([encoder.embed([text]) for text in TEXTS])
    np.testing.assert_allclose(together[:4], alone, atol=1e-4)
    np.testing.assert_allclose(together[-4:], alone, atol=1e-4)


def test_what_means_the_same_is_nearer(encoder: OnnxEncoder) -> None:
    a, b, c = encoder.embed(["The food was terrible.", "Awful meal.", "My flight leaves at noon."])
    assert a @ b > a @ c


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_strange_texts_have_vectors(minilm: OnnxEncoder, text: str) -> None:
    (vector,) = minilm.embed([text])
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


@example("\ud800")
@given(st.text())
@settings(max_examples=examples(50))
def test_any_text_has_a_vector(minilm: OnnxEncoder, text: str) -> None:
    assert np.isfinite(minilm.embed([text])).all()


def test_no_texts_no_vectors(minilm: OnnxEncoder) -> None:
    assert minilm.embed([]).shape == (0, 384)


def test_long_texts_are_cut_and_counted(minilm: OnnxEncoder) -> None:
    before = minilm.truncated
    vectors = minilm.embed(["fine " * 1000, "fine " * 2000, "fine"])
    assert minilm.truncated - before == 2
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-4)


def test_the_prefix_is_the_model_s() -> None:
    assert (E5_SMALL.prefix, MINILM.prefix) == ("query: ", "")
