"""Which series of a tenant are watched, and how much of its allowance of false alarms each may use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from aggregates.ids import alarm_stream_id
from projections.queries.alarm_numbers import DayNumbers
from services.alarms.series import Day, Series
from services.alarms.watched import ALLOWANCES, Watched

MOST_SOURCES, MOST_TOPICS = 50, 100
"""Watched of a tenant: those with most reviews in the last HISTORY days."""
TOPICS_ALLOWANCE = 0.25
"""False alarms a month of all topics together, beside those of the sources."""
BEST = 5.0


@dataclass(frozen=True, slots=True)
class Task:
    """One watched series; its stream keeps its alarms."""

    stream: UUID
    source: str
    topic: str
    watched: Watched
    series: Series


@dataclass(frozen=True, slots=True)
class Watch:
    """All of a tenant; `left_out` counts the sources and topics beyond the limits."""

    tasks: tuple[Task, ...]
    left_out: int


def watch(tenant: UUID, sources: Sequence[DayNumbers], topics: Sequence[DayNumbers], until: date) -> Watch:
    """Every measure of each source and of all together, and the negative reviews of each topic."""
    by_source, by_topic = _grouped(sources), _grouped(topics)
    chosen, some_topics = _largest(by_source, MOST_SOURCES), _largest(by_topic, MOST_TOPICS)
    scopes = {name: by_source[name] for name in chosen}
    if len(by_source) != 1:
        scopes[""] = list(sources)
    tasks = [
        Task(alarm_stream_id(tenant, measure, name, ""), name, "", Watched(measure, share / len(scopes)), series)
        for name, days in scopes.items()
        for series in [_series(days, until)]
        for measure, share in ALLOWANCES.items()
    ]
    each = Watched("negative", TOPICS_ALLOWANCE / max(len(some_topics), 1))
    for topic in some_topics:
        stream = alarm_stream_id(tenant, "negative", "", topic)
        tasks.append(Task(stream, "", topic, each, _series(by_topic[topic], until)))
    return Watch(tuple(tasks), len(by_source) - len(chosen) + len(by_topic) - len(some_topics))


def _grouped(numbers: Iterable[DayNumbers]) -> dict[str, list[DayNumbers]]:
    found: dict[str, list[DayNumbers]] = defaultdict(list)
    for each in numbers:
        found[each.name].append(each)
    return found


def _largest(groups: dict[str, list[DayNumbers]], most: int) -> list[str]:
    """Names in order, so that the same numbers give the same tasks."""
    size = {name: sum(day.reviews for day in days) for name, days in groups.items()}
    return sorted(sorted(groups, key=lambda name: (-size[name], name))[:most])


def _series(days: Sequence[DayNumbers], until: date) -> Series:
    means = [each.rating_sum / each.rated for each in days if each.rated > 0]
    made = [Day(each.day, each.reviews, each.negative, each.rated, each.rating_sum) for each in days]
    return Series.of(made, until=until, best=max([BEST, *means]))
