"""What an alarm's reviews have more often than those before: log-odds with a prior (Monroe, Colaresi and Quinn 2008)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import log, sqrt
from typing import NamedTuple

from schemas.parts import AlarmDriver

LEAST_REVIEWS, LEAST_STRENGTH, MOST = 2, 1.96, 12
PRIOR = 10.0
"""How many reviews' worth of belief that nothing has changed."""


class Frequency(NamedTuple):
    """In how many reviews something is: of the alarm's, and of those before."""

    kind: str
    text: str
    recent: int
    before: int


def drivers(found: Iterable[Frequency], recent: int, before: int) -> tuple[AlarmDriver, ...]:
    """The strongest first, at most MOST; `recent` and `before` are how many reviews there are."""
    if not recent or not before:
        return ()
    made = [_driver(each, recent, before) for each in found if each.recent >= LEAST_REVIEWS]
    strong = [each for each in made if each.strength >= LEAST_STRENGTH]
    return tuple(sorted(strong, key=lambda each: (-each.strength, each.kind, each.text))[:MOST])


def frequencies(kind: str, recent: Mapping[str, int], before: Mapping[str, int]) -> list[Frequency]:
    """From two counts."""
    return [Frequency(kind, text, count, before.get(text, 0)) for text, count in recent.items()]


def _driver(one: Frequency, recent: int, before: int) -> AlarmDriver:
    rate = (one.recent + one.before + 0.5) / (recent + before + 1)
    prior, none = PRIOR * rate, PRIOR * (1 - rate)
    with_it, without = (
        (one.recent + prior, one.before + prior),
        (recent - one.recent + none, before - one.before + none),
    )
    difference = log(with_it[0] / without[0]) - log(with_it[1] / without[1])
    error = sqrt(1 / with_it[0] + 1 / with_it[1])
    expected = recent * (one.before + prior) / (before + PRIOR)
    return AlarmDriver(one.kind, one.text, one.recent, round(expected, 3), round(difference / error, 3))
