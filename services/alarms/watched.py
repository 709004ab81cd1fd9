"""What is watched, how unlikely a day of it must be, and what may be decided on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from services.alarms.series import Direction, Measure

Kind: TypeAlias = Literal["spike", "shift"]
SHIFT_SHARE = 0.25
"""Of the allowance of false alarms, for new levels; the rest is for single days."""
SHIFT_PLACES = 3.0
"""How many independent levels are looked for on a day, about."""
DAYS_A_MONTH = 30.4
SHIFT_DAYS = 7.0
"""A new level is judged anew every day, but a week's sums have nearly the same days."""
ALLOWANCES: dict[Measure, float] = {"negative": 1.0, "negative_share": 0.3, "rating": 0.15, "reviews": 0.05}
"""False alarms a month that a tenant's measures may raise by chance together, over all of its sources."""


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm opens: `observed` over the days from `first` to `day` where `expected` was usual; both in the measure's sum."""

    day: date
    first: date
    kind: Kind
    direction: Direction
    observed: float
    expected: float
    exposure: float
    surprise: float


@dataclass(frozen=True, slots=True)
class Closed:
    """An open alarm ends with `day`."""

    day: date
    reason: Literal["back_to_normal", "new_level"]


@dataclass(frozen=True, slots=True)
class Watched:
    """What is judged: a measure of a series, and the share of one false alarm a month that it may use."""

    measure: Measure
    allowance: float

    @property
    def directions(self) -> tuple[Direction, ...]:
        """Which way is news."""
        return ("up", "down") if self.measure == "reviews" else ("up",)

    @property
    def spike_bar(self) -> float:
        """How unlikely a day must be."""
        return self.allowance * (1 - SHIFT_SHARE) / DAYS_A_MONTH / len(self.directions)

    @property
    def shift_bar(self) -> float:
        """How unlikely a new level must be."""
        share = self.allowance * SHIFT_SHARE / len(self.directions)
        return share * SHIFT_DAYS / DAYS_A_MONTH / SHIFT_PLACES
