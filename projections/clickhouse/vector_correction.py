"""In-place repair of review_vectors, and what it would change: rows by review, as the events have them and as they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol
from uuid import UUID

from projections.clickhouse import schema
from projections.clickhouse.clients import Clients
from projections.clickhouse.vectors import COLUMNS, vectors
from projections.decoder import Decoded
from projections.differences import Difference
from projections.registry import Version

TABLE = "review_vectors"
NAMES = tuple(name.strip() for name in COLUMNS.split(","))
TENANT, REVIEW, DELETED = 0, 1, NAMES.index("is_deleted")
LOT = 500
"""Reviews asked for at a time: each row has hundreds of numbers."""
Pair = tuple[tuple[Any, ...] | None, tuple[Any, ...] | None]


class Store(Protocol):
    """What a correction asks of the store."""

    clients: Clients

    def insert(self, database: str, table: str, lines: Sequence[tuple[Any, ...]], token: str) -> None:
        """Insert rows once for each `token`."""
        ...


def repair_vectors(store: Store, live: Version, streams: Sequence[UUID], events: Sequence[Decoded], token: str) -> None:
    """Rows that are wrong are deleted and inserted again; deleted first, as a wrong one may claim to be newer."""
    wrong = list(_wrong(store, live, streams, events))
    if not wrong:
        return
    asked = {
        "tenants": sorted({row[TENANT] for _, pair in wrong for row in pair if row is not None}),
        "reviews": [review for review, _ in wrong],
    }
    store.clients.execute(schema.render("forget_vectors", database=live.target), asked)
    lines = [made for _, (_, made) in wrong if made is not None]
    if lines:
        store.insert(live.target, TABLE, lines, token)


def vector_differences(
    store: Store, live: Version, streams: Sequence[UUID], events: Sequence[Decoded]
) -> Iterator[Difference]:
    """What `repair_vectors` would change."""
    for review, (stands, made) in _wrong(store, live, streams, events):
        row = stands or made
        assert row is not None
        yield Difference(
            TABLE, row[TENANT], str(review), int(stands is not None), int(made is not None), _columns(stands, made)
        )


def _wrong(
    store: Store, live: Version, streams: Sequence[UUID], events: Sequence[Decoded]
) -> Iterator[tuple[UUID, Pair]]:
    """(what stands, what should) of each review where they differ."""
    should = {row[REVIEW]: row for row in vectors(events) if not row[DELETED]}
    for start in range(0, len(streams), LOT):
        lot = sorted(streams[start : start + LOT])
        query = schema.render("vectors_of", database=live.target)
        stands = {
            row[REVIEW]: (*row[:4], list(row[4]), *row[5:]) for row in store.clients.execute(query, {"reviews": lot})
        }
        for review in lot:
            if stands.get(review) != should.get(review):
                yield review, (stands.get(review), should.get(review))


def _columns(stands: tuple[Any, ...] | None, made: tuple[Any, ...] | None) -> tuple[str, ...]:
    if stands is None or made is None:
        return ()
    return tuple(name for name, one, other in zip(NAMES, stands, made, strict=True) if one != other)
