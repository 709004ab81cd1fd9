"""Rows of topic_periods: what each source's reviews say of each topic, by week and by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from projections.clickhouse.contributions import LABELS, Signed
from projections.values import fixed

Row: TypeAlias = tuple[Any, ...]


def spans(day: date) -> Iterator[tuple[str, date]]:
    """The periods that a day is in, each by its first day: the week's Monday, the month's first."""
    yield "week", day - timedelta(days=day.weekday())
    yield "month", day.replace(day=1)


def periods(deltas: Sequence[tuple[UUID, Signed]]) -> list[Row]:
    """In the order of the table's columns; changes that cancel out give none."""
    sums: dict[Row, list[Any]] = defaultdict(lambda: [0, 0, 0, 0, 0, 0, Decimal(0)])
    for tenant, (sign, what) in deltas:
        for topic in what["topics"]:
            for period, first in spans(what["date"]):
                counters = sums[tenant, period, first, topic["topic_id"], what["source"]]
                counters[LABELS.index(what["label"])] += sign
                counters[4] += sign
                if what["rating"] is not None:
                    counters[5] += sign
                    counters[6] += sign * fixed(what["rating"], 2)
    return [(*key, *counters) for key, counters in sums.items() if any(counters)]
