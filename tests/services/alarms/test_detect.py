"""Alarms of one series: what is usual raises none, what is not raises one, and it ends when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregates.alarm.alarm import Past
from services.alarms.detect import LASTING, run, with_decision
from services.alarms.series import Day, Measure, Series
from services.alarms.watched import ALLOWANCES, Closed, Raised, Watched
from tests.effort import examples

FIRST = date(2025, 1, 1)
MEASURES: tuple[Measure, ...] = get_args(Measure)
NEGATIVE = Watched("negative", 0.5)
DAYS = 120


def days(negative: Sequence[int], others: int = 10) -> list[Day]:
    """So many negative reviews of one star a day, and some others of five."""
    return [
        Day(FIRST + timedelta(days=number), bad + others, bad, bad + others, bad + 5.0 * others)
        for number, bad in enumerate(negative)
    ]


def series(negative: Sequence[int], others: int = 10) -> Series:
    return Series.of(days(negative, others), until=FIRST + timedelta(days=len(negative) - 1))


def all_of(of: Series, watched: Watched = NEGATIVE, past: Sequence[Past] = (), since: int = 0) -> list[Raised | Closed]:
    return run(of, watched, past, of.day(since), of.day(len(of) - 1))


def noise(seed: int, mean: float = 5.0, count: int = DAYS) -> list[int]:
    return [int(each) for each in np.random.default_rng(seed).poisson(mean, count)]


@settings(max_examples=examples(20))
@given(week=st.lists(st.integers(2, 50), min_size=7, max_size=7), measure=st.sampled_from(MEASURES))
def test_a_week_that_repeats_raises_nothing(week: list[int], measure: Measure) -> None:
    assert all_of(series(week * 14, others=20), Watched(measure, 0.5)) == []


@settings(max_examples=examples(20))
@given(week=st.lists(st.integers(5, 30), min_size=7, max_size=7), seed=st.integers(0, 10_000))
def test_a_season_on_top_hides_no_spike(week: list[int], seed: int) -> None:
    flat = noise(seed, mean=5.0, count=98)
    seasonal = [each + week[number % 7] for number, each in enumerate(flat)]
    seasonal[90] += 8 * max(week)
    raised = [each.day for each in all_of(series(seasonal), since=90) if isinstance(each, Raised)]
    assert FIRST + timedelta(days=90) in raised


@settings(max_examples=examples(15))
@given(seed=st.integers(0, 10_000), order=st.randoms(use_true_random=False), measure=st.sampled_from(MEASURES))
def test_the_order_of_arrival_changes_nothing(seed: int, order: object, measure: Measure) -> None:
    counts = noise(seed)
    counts[100] += 25
    inorder = days(counts)
    shuffled = [
        part for each in inorder for part in (each._replace(reviews=each.negative, rated=each.negative, rating_sum=float(each.negative)),
                                              each._replace(negative=0, reviews=10, rated=10, rating_sum=50.0))
    ]  # fmt: skip
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    until = FIRST + timedelta(days=DAYS - 1)
    one, other = Series.of(inorder, until=until), Series.of(shuffled, until=until)
    assert all_of(one, Watched(measure, 0.5), since=70) == all_of(other, Watched(measure, 0.5), since=70)


@settings(max_examples=examples(30))
@given(
    seed=st.integers(0, 10_000),
    spikes=st.lists(st.integers(60, DAYS - 1), max_size=6),
    measure=st.sampled_from(MEASURES),
)
def test_one_alarm_is_open_at_a_time_and_what_was_decided_is_settled(
    seed: int, spikes: list[int], measure: Measure
) -> None:
    counts = noise(seed)
    for spike in spikes:
        counts[spike] += 20
    of, watched = series(counts), Watched(measure, 0.5)
    decisions = all_of(of, watched, since=58)
    assert [isinstance(each, Raised) for each in decisions] == [number % 2 == 0 for number in range(len(decisions))]
    past: list[Past] = []
    for decision in decisions:
        past = with_decision(past, decision)
    settled = of.at(past[-1].settled) if past else -1
    again = run(of, watched, past, of.first, of.day(settled)) if past else []
    assert again == []
    day_by_day: list[Raised | Closed] = []
    known: list[Past] = []
    for number in range(58, len(of)):
        made = run(of, watched, known, of.day(number), of.day(number))
        for each in made:
            known = with_decision(known, each)
        day_by_day += made
    assert day_by_day == decisions


@settings(max_examples=examples(30))
@given(seed=st.integers(0, 10_000), late=st.integers(1, 60))
def test_what_comes_late_for_a_settled_day_raises_nothing(seed: int, late: int) -> None:
    counts = noise(seed)
    counts[100] += 30
    past = [Past(FIRST + timedelta(days=100), FIRST + timedelta(days=100))]
    counts[100] += late
    counts[98] += late
    assert run(series(counts), NEGATIVE, past, FIRST, FIRST + timedelta(days=100)) == []


def test_a_spike_is_raised_and_closed_after_calm_days() -> None:
    counts = [4, 5, 6, 5, 4, 5, 6] * 12
    counts[70] = 25
    raised, closed = all_of(series(counts))
    assert isinstance(raised, Raised)
    assert (raised.day, raised.first, raised.kind, raised.observed) == (
        series(counts).day(70),
        raised.day,
        "spike",
        25.0,
    )
    assert raised.expected == pytest.approx(4)  # the weekday's
    assert closed == Closed(series(counts).day(73), "back_to_normal")


def test_an_alarm_does_not_flap() -> None:
    counts = [4, 5, 6, 5, 4, 5, 6] * 12
    for day in (70, 72, 74, 76):
        counts[day] = 25
    raised, closed = all_of(series(counts))
    assert (raised.day, closed.day) == (series(counts).day(70), series(counts).day(79))


def test_a_lasting_level_is_one_alarm_and_then_usual() -> None:
    counts = noise(3, mean=6.0, count=80) + noise(4, mean=18.0, count=80)
    decisions = all_of(series(counts), Watched("negative", 0.05))
    assert isinstance(decisions[0], Raised)
    assert 80 <= series(counts).at(decisions[0].day) <= 90
    assert Closed(decisions[0].first + timedelta(days=LASTING), "new_level") in decisions
    assert not [each for each in decisions[2:] if isinstance(each, Raised)]


def test_a_small_rise_that_stays_is_found_as_a_new_level() -> None:
    counts = noise(5, mean=20.0, count=100) + noise(6, mean=30.0, count=20)
    found = [each for each in all_of(series(counts), Watched("negative", 0.05)) if isinstance(each, Raised)]
    assert [each.kind for each in found] == ["shift"]
    assert abs(series(counts).at(found[0].first) - 100) <= 3


def test_a_drop_in_reviews_and_a_falling_rating_are_news() -> None:
    quiet = [*days([5] * 90), Day(FIRST + timedelta(days=90), 0, 0, 0, 0.0)]
    (raised,) = all_of(Series.of(quiet, until=quiet[-1].day), Watched("reviews", 0.5))
    assert isinstance(raised, Raised)
    assert (raised.direction, raised.observed) == ("down", 0.0)
    worse = [*days([5] * 90), Day(FIRST + timedelta(days=90), 15, 5, 15, 20.0)]
    (raised,) = all_of(Series.of(worse, until=worse[-1].day), Watched("rating", 0.5))
    assert (raised.day, raised.kind) == (worse[-1].day, "spike")


@pytest.mark.parametrize("counts", [[0] * 100, [3] * 10, [0] * 60 + [9], []])
def test_too_little_history_says_nothing(counts: list[int]) -> None:
    if counts:
        assert all_of(series(counts)) == []
    assert len(Series.of([], until=FIRST)) == 1


def test_chance_alone_keeps_within_the_allowance() -> None:
    raised = 0
    for seed in range(1):
        counts = noise(seed, mean=8.0, count=300)
        raised += sum(isinstance(each, Raised) for each in all_of(series(counts), Watched("negative", 1.0), since=60))
    assert raised <= 240 / 30.4


def test_the_allowances_are_shared_out() -> None:
    assert set(ALLOWANCES) == set(MEASURES)
    assert Watched("negative", 0.5).spike_bar == 2 * Watched("negative", 0.25).spike_bar
