"""Scores out of counts are those of scikit-learn out of single reviews, whatever the counts."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from operations.evaluation.scores import TRUTHS, pooled, scores
from operations.evaluation.shares import share
from projections.queries.evaluation import Against, Cell

LABELS = ("positive", "neutral", "negative", "undetermined")
WHYS = ("no rating", "about three stars")
REVIEWS = st.lists(
    st.tuples(
        st.sampled_from(["en", "de"]),
        st.sampled_from(LABELS),
        st.sampled_from((*LABELS, *WHYS)),
        st.none() | st.integers(0, 1000).map(lambda thousandths: thousandths / 1000),
    ),
    max_size=60,
)


def cells(reviews: list[tuple[str, str, str, float | None]]) -> list[Cell]:
    """Counted as the database counts."""
    counted: Counter[tuple[str, str, str, int | None]] = Counter()
    sums: Counter[tuple[str, str, str, int | None]] = Counter()
    for part, label, truth, probability in reviews:
        key = (part, label, truth, None if probability is None else min(int(probability * 10), 9))
        counted[key] += 1
        sums[key] += probability or 0  # type: ignore[assignment]
    return [Cell(*key, n, sums[key]) for key, n in counted.items()]


@settings(max_examples=60)
@given(reviews=REVIEWS, against=st.sampled_from(["stars", "feedback"]))
def test_counts_give_what_single_reviews_give(
    reviews: list[tuple[str, str, str, float | None]], against: Against
) -> None:
    found = pooled(cells(reviews), against)
    judged = [each for each in reviews if each[2] in TRUTHS[against]]
    assert (found.analysed, found.judged) == (len(reviews), len(judged))
    assert found.analysed == found.judged + sum(found.unjudged.values())
    assert found.coverage.k == sum(label != "undetermined" for _, label, *_ in reviews)
    for each in found.labels:
        precision, recall, f1, _ = precision_recall_fscore_support(
            [truth for *_, truth, _ in judged],
            [label for _, label, *_ in judged],
            labels=[each.label],
            zero_division=0.0,
        )
        assert (each.precision.value or 0) == pytest.approx(precision[0], abs=1e-4)
        assert (each.recall.value or 0) == pytest.approx(recall[0], abs=1e-4)
        assert (each.f1 or 0) == pytest.approx(f1[0], abs=1e-4)
    assert sum(part.judged for part in scores(cells(reviews), against)) == found.judged


@settings(max_examples=60)
@given(reviews=REVIEWS)
def test_the_calibration_error_is_the_mean_distance_over_tenths(
    reviews: list[tuple[str, str, str, float | None]],
) -> None:
    known = [
        (p, truth == "positive") for *_, truth, p in reviews if p is not None and truth in {"positive", "negative"}
    ]
    found = pooled(cells(reviews), "stars").reliability
    assert found.n == len(known)
    if not known:
        assert found.ece is None
        return
    error = 0.0
    for tenth in range(10):
        of = [(p, positive) for p, positive in known if min(int(p * 10), 9) == tenth]
        error += abs(sum(p for p, _ in of) - sum(positive for _, positive in of)) / len(known)
    assert found.ece == pytest.approx(error, abs=2e-4)


def test_a_share_says_how_sure_it_is() -> None:
    three = share(3, 4)
    assert (three.value, three.low, three.high, three.few) == (0.75, 0.3006, 0.9544, True)
    many = share(300, 400)
    assert (many.low, many.high, many.few) == (0.7053, 0.7899, False)
    assert share(0, 0).value is None
    with pytest.raises(ValueError, match="no share"):
        share(2, 1)
