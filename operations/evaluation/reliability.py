"""Whether probabilities are what they say: of the reviews with .8, are four of five positive?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from operations.evaluation.shares import Share, share
from projections.queries.evaluation import Cell

TENTHS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Reviews whose probability lies between `low` and `low` + .1: the mean of it, and the share that is positive."""

    low: float
    mean: float
    positive: Share


@dataclass(frozen=True, slots=True)
class Reliability:
    """`ece` is the mean distance of the two over `n` reviews (expected calibration error), None where none has a probability.

    `unknown` are the judged reviews without a probability: an analyzer without one made their result.
    """

    n: int
    unknown: int
    ece: float | None
    bins: tuple[Bin, ...]


def reliability(cells: Iterable[Cell]) -> Reliability:
    """Of the cells whose truth is positive or negative; others say nothing about a probability of positive."""
    counts: list[list[float]] = [[0, 0, 0.0] for _ in range(TENTHS)]  # reviews, positive ones, sum of probabilities
    unknown = 0
    for cell in cells:
        if cell.truth not in {"positive", "negative"}:
            continue
        if cell.tenth is None:
            unknown += cell.reviews
            continue
        counts[cell.tenth][0] += cell.reviews
        counts[cell.tenth][1] += cell.reviews * (cell.truth == "positive")
        counts[cell.tenth][2] += cell.probabilities
    bins = tuple(_bin(number, *each) for number, each in enumerate(counts) if each[0])
    known = sum(each.positive.n for each in bins)
    gaps = sum(each.positive.n * abs(each.mean - each.positive.k / each.positive.n) for each in bins)
    return Reliability(known, unknown, round(gaps / known, 4) if known else None, bins)


def _bin(number: int, reviews: float, positive: float, probabilities: float) -> Bin:
    return Bin(number / TENTHS, round(probabilities / reviews, 4), share(int(positive), int(reviews)))
