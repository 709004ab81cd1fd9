"""How surprising a sum is, against scipy's distributions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from services.alarms.tails import surprise_above, surprise_below


@given(y=st.integers(1, 200), mean=st.floats(0.05, 100), ratio=st.floats(1.01, 30))
def test_counts_that_scatter_are_negative_binomial(y: int, mean: float, ratio: float) -> None:
    expected = stats.nbinom.sf(y - 1, mean / (ratio - 1), 1 / ratio)
    assert surprise_above(y, mean, ratio * mean, whole=True) == pytest.approx(expected, rel=1e-6, abs=1e-12)


@given(y=st.integers(1, 40), mean=st.floats(0.05, 40))
def test_counts_that_do_not_are_poisson(y: int, mean: float) -> None:
    assert surprise_above(y, mean, mean, whole=True) == pytest.approx(
        stats.poisson.sf(y - 1, mean), rel=1e-6, abs=1e-12
    )


@given(y=st.integers(1, 50), n=st.integers(1, 50), p=st.floats(0.01, 0.99))
def test_shares_are_binomial(y: int, n: int, p: float) -> None:
    expected = stats.binom.sf(y - 1, n, p)
    assert surprise_above(y, n * p, n * p * (1 - p), whole=True) == pytest.approx(expected, rel=1e-4, abs=1e-9)


@given(
    y=st.floats(0, 500),
    more=st.floats(0, 50),
    mean=st.floats(0.05, 100),
    ratio=st.floats(0.06, 30),
    whole=st.booleans(),
)
def test_more_is_more_surprising(y: float, more: float, mean: float, ratio: float, whole: bool) -> None:
    one, other = (surprise_above(each, mean, ratio * mean, whole=whole) for each in (y, y + more))
    assert 0 <= other <= one + 1e-9 <= 1 + 2e-9


def test_below_and_above_meet() -> None:
    assert surprise_below(3, 5, 9) + surprise_above(4, 5, 9, whole=True) == pytest.approx(1)
    assert surprise_above(0, 5, 9, whole=True) == 1
