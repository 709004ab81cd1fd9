"""How much a replay has to do, in one unit: the events that it applies. Plans, progress and reports all count these."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection

from projections import registry
from projections.ports import EventSource, ProjectionStore
from projections.registry import Version

LOT = 5_000
"""Reviews that are asked about in one statement."""


def events_ahead(
    connection: Connection[Any], store: ProjectionStore, source: EventSource, at: Version, until: int
) -> int:
    """The events that a version has still to apply up to position `until`, in all of its shares."""
    return sum(
        source.count(after=one.position, until=until, topics=store.topics, shard=one.shard)
        for one in registry.shares(connection, at) or [at]
    )


def events_of(store: ProjectionStore, source: EventSource, streams: Sequence[UUID], until: int) -> int:
    """The events in the whole histories of these reviews up to position `until`, as repairs apply them."""
    lots = (streams[start : start + LOT] for start in range(0, len(streams), LOT))
    return sum(source.count(until=until, topics=store.topics, streams=lot) for lot in lots)
