"""What an alarm says: the measure in its own unit, what stands out among its reviews, and which they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from aggregates.alarm.alarm import Found
from operations.alarms.watched import Task
from projections.queries.alarm_numbers import AlarmNumbers, ReviewAt
from schemas.parts import AlarmDriver
from services.alarms.drivers import Frequency, drivers, frequencies
from services.alarms.series import Series
from services.alarms.watched import Raised

BEFORE_DAYS, SHOWN = 56, 50


def found(numbers: AlarmNumbers, tenant: UUID, task: Task, raised: Raised) -> Found:
    """Looks at the reviews of the alarm's days, and at those of the weeks before; of bad news at the negative ones."""
    label = "" if task.watched.measure == "reviews" else "negative"
    reviews = numbers.reviews(
        tenant, raised.first - timedelta(days=BEFORE_DAYS), raised.first, raised.day,
        source=task.source, topic=task.topic, label=label,
    )  # fmt: skip
    recent, before = [one for one in reviews if one.recent], [one for one in reviews if not one.recent]
    observed, expected = in_its_unit(task, raised)
    return Found(
        measure=task.watched.measure,
        source=task.source,
        topic=task.topic,
        kind=raised.kind,
        direction=_direction(task, raised),
        first_day=raised.first,
        day=raised.day,
        observed=round(observed, 4),
        expected=round(expected, 4),
        reviews=_counted(task.series, raised),
        surprise=raised.surprise,
        drivers=_drivers(numbers, tenant, task, recent, before),
        review_ids=tuple(str(one.review_id) for one in recent[:SHOWN]),
    )


def in_its_unit(task: Task, raised: Raised) -> tuple[float, float]:
    """Observed and expected: counts as they are, a share, or a mean rating, of which the sum is what lacks to the best."""
    if task.watched.measure in {"negative", "reviews"}:
        return raised.observed, raised.expected
    observed, expected = raised.observed / raised.exposure, raised.expected / raised.exposure
    if task.watched.measure == "negative_share":
        return observed, expected
    return task.series.best - observed, task.series.best - expected


def _direction(task: Task, raised: Raised) -> str:
    return "down" if task.watched.measure == "rating" else raised.direction


def _counted(series: Series, raised: Raised) -> int:
    return int(series.reviews[series.at(raised.first) : series.at(raised.day) + 1].sum())


def _drivers(
    numbers: AlarmNumbers, tenant: UUID, task: Task, recent: Sequence[ReviewAt], before: Sequence[ReviewAt]
) -> tuple[AlarmDriver, ...]:
    words = numbers.words(tenant, [one.review_id for one in recent], [one.review_id for one in before])
    known = [Frequency(*row) for row in words]
    if not task.source:
        known += frequencies("source", Counter(one.source for one in recent), Counter(one.source for one in before))
    if not task.topic:
        known += frequencies("topic", _topics(recent), _topics(before))
    return drivers(known, len(recent), len(before))


def _topics(reviews: Sequence[ReviewAt]) -> Counter[str]:
    return Counter(topic for one in reviews for topic in set(one.topic_ids))
