"""The daily numbers of one series, and what is judged in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.float64]
Measure: TypeAlias = Literal["negative", "negative_share", "reviews", "rating"]
Direction: TypeAlias = Literal["up", "down"]


class Day(NamedTuple):
    """What a day of publication (UTC) brought: counts of reviews, and the sum of the ratings of `rated` of them."""

    day: date
    reviews: int
    negative: int
    rated: int
    rating_sum: float


class Judged(NamedTuple):
    """What one measure compares with its expectation: `y` a day, in proportion to `exposure`, which is 1 for counts.

    `whole` says whether y counts something. Up is bad news for all but the drop in reviews: a falling rating is a rising
    sum of what is missing to the best one.
    """

    y: Numbers
    exposure: Numbers
    whole: bool
    seasonal: bool


@dataclass(frozen=True, slots=True)
class Series:
    """Consecutive days from `first` on; days without reviews are zeros."""

    first: date
    reviews: Numbers
    negative: Numbers
    rated: Numbers
    rating_sum: Numbers
    best: float = 5.0

    @classmethod
    def of(cls, days: Iterable[Day], *, until: date, best: float = 5.0) -> Series:
        """From days in any order, each any number of times (they add up), up to `until`, included; later ones are left out."""
        kept = [each for each in days if each.day <= until]
        first = min((each.day for each in kept), default=until)
        sums = np.zeros((4, (until - first).days + 1))
        for each in kept:
            sums[:, (each.day - first).days] += each[1:]
        reviews, negative, rated, rating_sum = sums
        return cls(first, reviews, negative, rated, rating_sum, best=best)

    def __len__(self) -> int:
        return len(self.reviews)

    def day(self, at: int) -> date:
        """The day at an index."""
        return self.first + timedelta(days=at)

    def at(self, day: date) -> int:
        """The index of a day, which may be outside."""
        return (day - self.first).days

    def weekdays(self, start: int, stop: int) -> NDArray[np.int64]:
        """0 is Monday, for the days of a range."""
        return (np.arange(start, stop) + self.first.weekday()) % 7

    def judged(self, measure: Measure) -> Judged:
        """What the measure compares."""
        ones = np.ones(len(self))
        if measure == "negative":
            return Judged(self.negative, ones, whole=True, seasonal=True)
        if measure == "reviews":
            return Judged(self.reviews, ones, whole=True, seasonal=True)
        if measure == "negative_share":
            return Judged(self.negative, self.reviews, whole=True, seasonal=False)
        return Judged(self.best * self.rated - self.rating_sum, self.rated, whole=False, seasonal=False)
