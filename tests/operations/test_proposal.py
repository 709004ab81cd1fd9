"""A calibration is proposed where it helps on reviews held out, and nowhere else."""

from __future__ import annotations

import math

import numpy as np
import pytest

from aggregates.calibration.curve import check
from operations.evaluation.proposal import Proposal, fitted
from projections.queries.evaluation import Sample


def drawn(n: int, *, slope: float, seed: int = 5) -> list[Sample]:
    """Reviews whose true log-odds are `slope` times those that the analyzer says."""
    chance = np.random.default_rng(seed)
    found = []
    for odds in chance.normal(0, 2.5, n):
        truth = chance.random() < 1 / (1 + math.exp(-slope * odds))
        found.append(Sample(1 / (1 + math.exp(-odds)), bool(truth), "positive" if odds > 0 else "negative"))
    return found


def proposed(found: list[Sample]) -> Proposal:
    return fitted(found, "stars", "9", {})


@pytest.mark.parametrize("slope", [0.35, 3.0])
def test_probabilities_that_say_too_much_or_too_little_are_mended(slope: float) -> None:
    found = proposed(drawn(1500, slope=slope))
    assert found.helps, found.why
    check(found.method, found.inputs, found.outputs)
    assert found.ece_before is not None
    assert found.ece_after is not None
    assert found.ece_after < found.ece_before / 2
    assert found.method == "platt"
    assert found.inputs[0] == pytest.approx(slope, rel=0.25)
    assert proposed(drawn(1500, slope=slope)) == found


@pytest.mark.parametrize("seed", range(5))
def test_probabilities_that_are_right_are_left_alone(seed: int) -> None:
    found = proposed(drawn(1500, slope=1.0, seed=seed))
    assert not found.helps
    assert "chance" in found.why


def test_too_few_reviews_or_of_one_truth_are_no_ground() -> None:
    assert "too few" in proposed(drawn(199, slope=0.3)).why
    one_sided = [Sample(0.9, True, "positive")] * 300 + [Sample(0.1, False, "negative")] * 19
    assert "one truth" in proposed(one_sided).why
    against = [Sample(each.probability, not each.positive, each.label) for each in drawn(600, slope=3.0)]
    assert not proposed(against).helps or proposed(against).method == "isotonic"


def test_the_labels_that_would_change_are_counted() -> None:
    found = proposed(drawn(1500, slope=0.35))
    assert {old for old, _, _ in found.labels} <= {"positive", "negative"}
    assert {new for _, new, _ in found.labels} == {"undetermined"}
    assert 0 < sum(n for *_, n in found.labels) < 1500
