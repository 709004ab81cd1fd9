"""Advances a version from the event log, reading one batch ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from eventstore.pace import burst, paced
from projections.ports import EventSource, ProjectionStore
from projections.registry import Version
from telemetry.progress import beat

T = TypeVar("T")
BATCH = 10_000


def fill(
    store: ProjectionStore,
    at: Version,
    source: EventSource,
    until: int,
    *,
    batch: int | None = None,
    moved: Callable[[int], None] | None = None,
    rate: float | None = None,
) -> Version:
    """Apply all events after `at` up to position `until`; `moved` is called with each position reached.

    `batch` positions at a time (default: the store's); at most `rate` events a second.
    """
    size = burst(batch or store.batch, rate)
    pages = ahead(source.scan(at.position, until, topics=store.topics, shard=at.shard, batch=size))
    for events in paced(pages, rate):
        at = store.advance(at, events, events[-1].position)
        beat("projection")
        if moved is not None:
            moved(at.position)
    if at.position < until:
        # The last events had other topics: skipped, but the position covers them.
        at = store.advance(at, (), until)
    return at


def ahead(batches: Iterator[T]) -> Iterator[T]:
    """The same batches, the next one read while the caller works on this one."""
    with ThreadPoolExecutor(1, "read-ahead") as reader:
        coming = reader.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, batches, None)
            yield batch
