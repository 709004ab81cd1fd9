from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.vectors import packed, unpacked


@given(st.integers(0, 2**32 - 1))
def test_a_packed_vector_keeps_its_direction(seed: int) -> None:
    vector = np.random.default_rng(seed).normal(size=384).astype(np.float32)
    (row,) = unpacked([packed(vector)])
    assert float(row @ vector / np.linalg.norm(vector)) > 0.9999
    assert np.linalg.norm(row) == pytest.approx(1, abs=1e-5)
    assert len(packed(vector)) == 384


def test_nothing_and_zeros_are_vectors_too() -> None:
    assert unpacked([]).shape == (0, 0)
    assert packed(np.zeros(4, np.float32)) == bytes(4)
    assert not unpacked([bytes(4)]).any()
