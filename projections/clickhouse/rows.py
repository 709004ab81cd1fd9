"""Rows for the tables, from events in order: the latest fact and vector of each review, rollups summed within the batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from projections.clickhouse import vectors
from projections.clickhouse.contributions import LABELS, Signed, before_and_after, signed
from projections.clickhouse.periods import periods
from projections.decoder import Decoded, Record
from projections.values import fixed

Row: TypeAlias = tuple[Any, ...]
Key: TypeAlias = tuple[Any, ...]
COLUMNS = {
    "review_facts": "tenant_id, date, review_id, source, platform, language, label, score, rating, topic_ids, "
    "topic_confidences, revision, processing_version, position, is_deleted",
    "review_metrics": "tenant_id, timestamp, source, platform, language, sentiment_positive, sentiment_neutral, "
    "sentiment_negative, sentiment_undetermined, total_reviews, rating_count, rating_sum, score_count, score_sum",
    "daily_stats": "tenant_id, date, total_reviews, metricsMap.name, metricsMap.value",
    "topic_trends": "tenant_id, date, topic_id, sentiment_positive, sentiment_neutral, sentiment_negative, "
    "sentiment_undetermined, total_reviews, confidence_sum",
    "topic_periods": "tenant_id, period, first_day, topic_id, source, sentiment_positive, sentiment_neutral, "
    "sentiment_negative, sentiment_undetermined, total_reviews, rating_count, rating_sum",
    "review_vectors": vectors.COLUMNS,
}
TABLES = tuple(COLUMNS)


def rows(events: Sequence[Decoded]) -> dict[str, list[Row]]:
    """Rows by table, in the order of COLUMNS. The same events always give the same rows."""
    deltas = [(decoded.at.tenant_id, change) for decoded in events for change in signed(decoded)]
    return {
        "review_facts": facts(events),
        "review_metrics": metrics(deltas),
        "daily_stats": _daily(deltas),
        "topic_trends": _trends(deltas),
        "topic_periods": periods(deltas),
        "review_vectors": vectors.vectors(events),
    }


def facts(events: Sequence[Decoded]) -> list[Row]:
    """The latest row of each review and day, deleted or not."""
    found: dict[Key, Row] = {}
    for decoded in events:
        stream, (before, after) = decoded.at.stream_id, before_and_after(decoded)
        if before is not None and (after is None or before["date"] != after["date"]):
            found[stream, before["date"]] = _fact(decoded, before, deleted=1)
        if after is not None:
            found[stream, after["date"]] = _fact(decoded, after, deleted=0)
    return list(found.values())


def _fact(decoded: Decoded, what: Record, *, deleted: int) -> Row:
    at, event = decoded
    rating, score, topics = what["rating"], what["score"], what["topics"]
    return (
        *(at.tenant_id, what["date"], at.stream_id, what["source"], what["platform"], what["language"], what["label"]),
        None if score is None else fixed(score, 4),
        None if rating is None else fixed(rating, 2),
        [topic["topic_id"] for topic in topics],
        [fixed(topic["confidence"], 4) for topic in topics],
        *(event["revision"], event.get("processing_version", ""), at.position, deleted),
    )


def metrics(deltas: Sequence[tuple[UUID, Signed]]) -> list[Row]:
    """Rows of review_metrics; changes that cancel out give none."""
    sums: dict[Key, list[Any]] = defaultdict(lambda: [0, 0, 0, 0, 0, 0, Decimal(0), 0, Decimal(0)])
    for tenant, (sign, what) in deltas:
        counters = sums[tenant, what["date"], what["source"], what["platform"], what["language"]]
        counters[LABELS.index(what["label"])] += sign
        counters[4] += sign
        if what["rating"] is not None:
            counters[5] += sign
            counters[6] += sign * fixed(what["rating"], 2)
        if what["score"] is not None:
            counters[7] += sign
            counters[8] += sign * fixed(what["score"], 4)
    return [
        (tenant, datetime(day.year, day.month, day.day, tzinfo=UTC), *origin, *counters)
        for (tenant, day, *origin), counters in sums.items()
        if any(counters)
    ]


def _daily(deltas: Sequence[tuple[UUID, Signed]]) -> list[Row]:
    days: dict[Key, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for tenant, (sign, what) in deltas:
        counters = days[tenant, what["date"]]
        for name in _counted(what):
            counters[name] += sign
    return [_day(key, counters) for key, counters in days.items() if any(counters.values())]


def _day(key: Key, counters: dict[str, int]) -> Row:
    total = counters.get("reviews", 0)
    changed = {name: value for name, value in counters.items() if value}
    return (*key, total, list(changed), list(changed.values()))


def _counted(what: Record) -> list[str]:
    """Names of the daily counters that count a review."""
    names = ["reviews", f"sentiment.{what['label']}", f"source.{what['source']}", f"language.{what['language']}"]
    if what["platform"]:
        names.append(f"platform.{what['platform']}")
    if what["rating"] is not None:
        names.append(f"rating.{_nearest(what['rating'])}")
    return names


def _nearest(rating: float) -> int:
    """Rounds the rating as it is stored, so that a query on the facts gives the same."""
    return (int(fixed(rating, 2) * 100) + 50) // 100


def _trends(deltas: Sequence[tuple[UUID, Signed]]) -> list[Row]:
    sums: dict[Key, list[Any]] = defaultdict(lambda: [0, 0, 0, 0, 0, Decimal(0)])
    for tenant, (sign, what) in deltas:
        for topic in what["topics"]:
            counters = sums[tenant, what["date"], topic["topic_id"]]
            counters[LABELS.index(what["label"])] += sign
            counters[4] += sign
            counters[5] += sign * fixed(topic["confidence"], 4)
    return [(*key, *counters) for key, counters in sums.items() if any(counters)]
