"""The raw store's documents, written again from the reviews in the event log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from bson import ObjectId
from pymongo.collection import Collection

from aggregates.ids import raw_review_id
from aggregates.review.saga import WITHDRAWN
from eventstore.log import EventLog
from eventstore.model import RecordedEvent
from operations.recovery.recoverable import Loss, Progress
from schemas.events.review import RawReviewStored
from streams.publishers.raw_store import RawStoreWriter, raw_changes
from streams.runtime.reviews import fold
from streams.steps.store_raw import Store

STORED = frozenset({RawReviewStored.TOPIC})
LOOKS, EACH = 4, 50
BATCH = 2_000


class LostRawReviews:
    """Looks at some reviews of the log, from its beginning to its end, whether the raw store has them."""

    name = "mongo"

    def __init__(self, log: EventLog, raw_reviews: Callable[[], Collection[dict[str, Any]]]) -> None:
        self._log, self._raw = log, raw_reviews

    def inspect(self) -> Sequence[Loss]:
        """At most one."""
        looked = list(dict.fromkeys(self._sample()))
        missing = len(looked) - self._present(looked)
        if not missing:
            return []
        return [
            Loss(
                self.name,
                f"of {len(looked)} reviews that were stored there, and were looked for, {missing} are missing",
                "all documents are written again from the event log",
                "what other programs wrote into the collection itself; their reviews are in the log",
            )
        ]

    def rebuild(self, progress: Progress) -> Sequence[str]:
        """Write every review that was stored, as it is now, of a withdrawn one the tombstone; documents that are there stay or are brought up to it."""
        store, changes = Store(self._raw()), RawStoreWriter(self._raw)
        before, head, reviews = self._count(), self._log.head(), 0
        for events in self._log.scan(0, head, topics=STORED, batch=BATCH):
            ids = list(dict.fromkeys(event.stream_id for event in events))
            _write(store, changes, self._log.read_streams(ids))
            reviews += len(ids)
            progress("raw store", events[-1].position, head)
        progress("raw store", head, head)
        return [f"raw store: {self._count() - before} documents were missing and are written again"]

    def _sample(self) -> Iterator[UUID]:
        head = self._log.head()
        for look in range(LOOKS):
            for event in self._log.read_after(head * look // LOOKS, EACH, topics=STORED):
                yield event.stream_id

    def _present(self, looked: Sequence[UUID]) -> int:
        ids = [ObjectId(raw_review_id(one)) for one in looked]
        found = {each["_id"] for each in self._raw().find({"_id": {"$in": ids}}, {"_id": True})}
        return sum(one in found for one in ids)

    def _count(self) -> int:
        return self._raw().count_documents({"review_id": {"$exists": True}})


def _write(store: Store, changes: RawStoreWriter, histories: Mapping[UUID, Sequence[RecordedEvent]]) -> None:
    reviews = [fold(one, history) for one, history in histories.items()]
    store.write([each for each in reviews if each.step != WITHDRAWN])
    withdrawals = [histories[each.id][-1] for each in reviews if each.step == WITHDRAWN]
    if withdrawals:
        changes.send(list(raw_changes(withdrawals)))
