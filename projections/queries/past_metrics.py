"""Numbers as they were, from the analytics events of one tenant: what ClickHouse would have answered at a position."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from operator import add
from typing import Any, TypeAlias
from uuid import UUID

from projections.clickhouse.contributions import TOPICS, Signed, checked, signed
from projections.clickhouse.rows import metrics
from projections.decoder import Decode, Decoded, Decoder, decode_state
from projections.ports import EventSource
from projections.queries.metrics import DayMetrics, Origin, OriginMetrics, Sums
from schemas.errors import InvalidInput

MOST_DAYS = 31
Key: TypeAlias = tuple[Any, ...]
Counters: TypeAlias = dict[Key, list[Any]]


class PastMetrics:
    """Like `Metrics`, at a position of the log. It reads the log up to there, page by page, and keeps only the sums.

    Both methods raise InvalidInput for more than 31 days, and for none.
    """

    def __init__(self, source: EventSource, position: int, *, decode: Decode = decode_state) -> None:
        self._source, self._position, self._decode = source, position, decode

    def by_day(self, tenant_id: UUID, *, since: date, until: date, source: str = "") -> list[DayMetrics]:
        """From `since` to `until`, both included, oldest first."""
        found: Counters = defaultdict(_nothing)
        for (_, time, of, *_rest), counters in self._rows(tenant_id, since, until):
            if source in {"", of}:
                _add(found, (time.date(),), counters)
        return [DayMetrics(day, _sums(counters)) for (day,), counters in sorted(_counting(found))]

    def by_origin(
        self, origin: Origin, tenant_id: UUID, *, since: date, until: date, source: str = ""
    ) -> list[OriginMetrics]:
        """Each source or platform once, most reviews first."""
        found: Counters = defaultdict(_nothing)
        for (_, _time, of, platform, _language), counters in self._rows(tenant_id, since, until):
            if source in {"", of}:
                _add(found, (of if origin == "source" else platform,), counters)
        rows = sorted(_counting(found), key=lambda row: (-row[1][4], row[0]))
        return [OriginMetrics(name, _sums(counters)) for (name,), counters in rows]

    def _rows(self, tenant_id: UUID, since: date, until: date) -> Iterator[tuple[Key, list[Any]]]:
        """Keys and counters of the rows that ClickHouse sums, for days in the range."""
        _check(since, until)
        for events in self._accepted(tenant_id):
            deltas = [(tenant_id, change) for event in events for change in _within(event, since, until)]
            for row in metrics(deltas):
                yield row[:5], list(row[5:])

    def _accepted(self, tenant_id: UUID) -> Iterator[list[Decoded]]:
        """Page by page, without a stream's events from the one that would have parked it."""
        decoder, parked = Decoder(self._decode), dict[UUID, int]()
        for page in self._source.scan(0, self._position, topics=TOPICS, tenant_id=tenant_id):
            decoded, poison = checked(decoder, page)
            for one in poison:
                parked.setdefault(one.event.stream_id, one.event.position)
            yield [one for one in decoded if one.at.position < parked.get(one.at.stream_id, self._position + 1)]


def _check(since: date, until: date) -> None:
    days = (until - since).days + 1
    if days < 1:
        raise InvalidInput(f"until: {until} is before since, {since}; give the later day as until", field="until")
    if days > MOST_DAYS:
        raise InvalidInput(f"until: {days} days are more than {MOST_DAYS}; ask for a part at a time", field="until")


def _within(event: Decoded, since: date, until: date) -> list[Signed]:
    return [change for change in signed(event) if since <= change.what["date"] <= until]


def _nothing() -> list[Any]:
    return [0] * 9


def _add(found: Counters, key: Key, counters: list[Any]) -> None:
    found[key] = list(map(add, found[key], counters))


def _counting(found: Counters) -> list[tuple[Key, list[Any]]]:
    return [(key, counters) for key, counters in found.items() if counters[4]]


def _sums(counters: list[Any]) -> Sums:
    positive, neutral, negative, undetermined, total, rated, rating, scored, score = counters
    averages = (float(rating) / rated if rated else None, float(score) / scored if scored else None)
    return Sums(total, positive, neutral, negative, undetermined, *averages)
