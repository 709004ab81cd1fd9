"""Gives every counted review of a tenant the topics of its model as it is now. Begun again, it does what is left."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, islice
from uuid import UUID

from aggregates.review.topics import assign_topics
from eventstore.log import EventLog
from schemas.errors import ReviewstreamError
from schemas.events.review import AnalyticsUpdated, ReviewCollected
from streams.runtime.reviews import Change, Reviews
from streams.topic_models.assigning import Assigning
from streams.topic_models.models import TopicModels

BATCH = 500
"""Reviews that are read, and written in one transaction, at a time."""
MAX_ROUNDS = 20


@dataclass(slots=True)
class Reassigned:
    """`seen` of `of` reviews; `changed` got other topics. `counts` says how many have topics, or why they have none."""

    of: int
    seen: int = 0
    changed: int = 0
    counts: Counter[str] = field(default_factory=Counter)


def reassign(
    log: EventLog,
    tenant_id: UUID,
    *,
    dry_run: bool = False,
    assigning: Assigning | None = None,
    moved: Callable[[Reassigned], None] = lambda _tally: None,
) -> Reassigned:
    """Append review.topics_assigned to those reviews whose topics are others by the model of the log.

    `assigning` is a model that is not in the log, for a dry run. Whatever is counted while this runs is looked at once
    more at the end: a worker may have used the model of before.
    """
    assigning = assigning or Assigning(TopicModels(log).load(tenant_id))
    began = log.head()
    tally = Reassigned(log.count(topics={ReviewCollected.TOPIC}, tenant_id=tenant_id))
    work = _Work(log, assigning, tally, dry_run=dry_run)
    for batch in _batches(_reviews(log, tenant_id)):
        work.do(batch)
        moved(tally)
    since = chain.from_iterable(log.scan(began, topics={AnalyticsUpdated.TOPIC}, tenant_id=tenant_id))
    for batch in _batches(dict.fromkeys(event.stream_id for event in since)):
        work.do(batch, again=True)
    return tally


def _reviews(log: EventLog, tenant_id: UUID) -> Iterator[UUID]:
    for page in log.scan(topics={ReviewCollected.TOPIC}, tenant_id=tenant_id):
        yield from (event.stream_id for event in page)


def _batches(ids: Iterable[UUID]) -> Iterator[set[UUID]]:
    left = iter(ids)
    while batch := set(islice(left, BATCH)):
        yield batch


class _Work:
    def __init__(self, log: EventLog, assigning: Assigning, tally: Reassigned, *, dry_run: bool) -> None:
        self._reviews = Reviews(log, cached=0)  # each is read once, so a cache would only use memory
        self._assigning, self._tally, self._dry_run = assigning, tally, dry_run

    def do(self, ids: Collection[UUID], *, again: bool = False) -> None:
        """Until no review changed while its topics were written."""
        left = ids
        for _ in range(MAX_ROUNDS):
            changes, counts = self._changes(left)
            refused = set() if self._dry_run or not changes else asyncio.run(self._reviews.append(changes))
            self._tally.changed += len(changes) - len(refused)
            if left is ids and not again:
                self._tally.seen += len(ids)
                self._tally.counts += counts
            if not refused:
                return
            left = refused
        raise ReviewstreamError("topics: reviews kept changing while their topics were written; run it again")

    def _changes(self, ids: Collection[UUID]) -> tuple[list[Change], Counter[str]]:
        now = datetime.now(UTC)
        counted = [each for each in asyncio.run(self._reviews.read(ids)).values() if each.contribution is not None]
        assigned = self._assigning.topics_of(counted)
        changes = [
            Change(review, assign_topics(review, topics, model_version=self._assigning.model.version, now=now))
            for review, topics in zip(counted, assigned.topics, strict=True)
        ]
        return [change for change in changes if change.events], assigned.counts
