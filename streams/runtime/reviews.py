"""Reviews as the steps see them: loaded from the event log in batches, cached by version, changed by appending."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aggregates.ids import event_id
from aggregates.review.aggregate import Review
from eventstore.log import Also, EventLog
from eventstore.mapper import Mapper
from eventstore.model import NewEvent, RecordedEvent
from schemas.events.review import DisputeWithdrawn, FactsCorrected, LabelDisputed, TopicsAssigned
from telemetry.metrics import CACHE_LOOKUPS

MAPPER = Mapper()
HITS, MISSES = CACHE_LOOKUPS.labels("hit"), CACHE_LOOKUPS.labels("miss")


@dataclass(frozen=True, slots=True)
class Change:
    """Events to append to one review, which stands at the version that `review` has."""

    review: Review
    events: tuple[Any, ...]
    causation_id: UUID | None = None
    correlation_id: UUID | None = None

    def recorded(self) -> list[NewEvent]:
        """The events as the log takes them; a repeat makes the same ids."""
        return [self._recorded(event, version) for version, event in enumerate(self.events, self.review.version + 1)]

    def _recorded(self, event: Any, version: int) -> NewEvent:
        distinction = _distinction(event, self.review)
        attempt = getattr(event, "attempt", self.review.attempt)
        return MAPPER.to_new(
            event,
            tenant_id=self.review.tenant_id,
            stream_id=self.review.id,
            version=version,
            event_id=event_id(self.review.id, event.TOPIC, event.revision, distinction, attempt),
            causation_id=self.causation_id,
            correlation_id=self.correlation_id,
        )


class Reviews:
    """Loads and changes reviews. One process shares it between its steps: what one appended, the next finds cached.

    The cache is only a shortcut: every append names the version it follows, and the log refuses it when that is old.
    """

    def __init__(self, log: EventLog, *, cached: int = 10_000) -> None:
        self._log, self._size = log, cached
        self._cache: OrderedDict[UUID, Review] = OrderedDict()

    async def load(self, versions: Mapping[UUID, int]) -> dict[UUID, Review]:
        """The reviews at least at the given versions; version 0 accepts whatever is cached, even nothing stored."""
        found = {i: review for i, version in versions.items() if (review := self._cached(i, version)) is not None}
        missing = versions.keys() - found.keys()
        HITS.inc(len(found))
        MISSES.inc(len(missing))
        return found | await self.read(missing)

    async def read(self, ids: Collection[UUID]) -> dict[UUID, Review]:
        """The reviews as the log has them now, whatever is cached: for decisions that append nothing to check them."""
        found = await asyncio.to_thread(self._read, set(ids)) if ids else {}
        for review in found.values():
            self._remember(review)
        return found

    async def append(self, changes: Sequence[Change], *, also: Also | None = None) -> set[UUID]:
        """Append all in one transaction; the ids of the reviews that were refused because they stand elsewhere.

        Refused reviews leave the cache, so that the next `load` reads them.
        """
        events = [event for change in changes for event in change.recorded()]
        result = await asyncio.to_thread(self._log.append, events, also=also)
        if result.skipped:
            # Somebody did the same before: what stands in the log may differ from ours in its times.
            self.forget([change.review.id for change in changes])
            return {conflict.stream_id for conflict in result.conflicts}
        refused = {conflict.stream_id for conflict in result.conflicts}
        for change in changes:
            self._settle(change, refused)
        return refused

    def forget(self, ids: Collection[UUID]) -> None:
        """Read these again next time."""
        for stream_id in ids:
            self._cache.pop(stream_id, None)

    def _settle(self, change: Change, refused: set[UUID]) -> None:
        if change.review.id in refused:
            self._cache.pop(change.review.id, None)
        else:
            self._remember(change.review.after(change.events))

    def _cached(self, stream_id: UUID, version: int) -> Review | None:
        review = self._cache.get(stream_id)
        if review is None or review.version < version:
            return None
        self._cache.move_to_end(stream_id)
        return review

    def _read(self, ids: Collection[UUID]) -> dict[UUID, Review]:
        return {stream_id: fold(stream_id, events) for stream_id, events in self._log.read_streams(ids).items()}

    def _remember(self, review: Review) -> None:
        cached = self._cache.get(review.id)
        if cached is not None and cached.version > review.version:
            return
        self._cache[review.id] = review
        self._cache.move_to_end(review.id)
        if len(self._cache) > self._size:
            self._cache.popitem(last=False)


def fold(stream_id: UUID, events: Sequence[RecordedEvent]) -> Review:
    """The review that these recorded events make. Of none, one that was never collected."""
    tenant = events[0].tenant_id if events else None
    return Review(stream_id, tenant).after(MAPPER.to_typed(event) for event in events)


def _digest(event: LabelDisputed | DisputeWithdrawn) -> str:
    """Two people who speak at once must conflict; the same one who says the same again is a repeat."""
    said = [getattr(event, name, None) for name in ("field", "given", "who", "right", "note")]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _distinction(event: Any, review: Review) -> str:
    """What tells two events of one revision apart: for a body its content, for a correction its facts and which one it
    is, for feedback what was said and by whom, for a result its processing version.

    Topics may be assigned again and again, so those are told apart by the model and by where the review stood.

    Two workers that take in different contents of a review at once must conflict, not pass for a repeat. Facts may come
    back to what they were, and that is another correction.
    """
    if isinstance(event, FactsCorrected):
        return f"{event.correction}/{event.facts_hash}"
    if isinstance(event, LabelDisputed | DisputeWithdrawn):
        return f"{event.number}/{_digest(event)}"
    if isinstance(event, TopicsAssigned):
        return f"{event.model_version}/{review.version}"
    content: str | None = getattr(event, "content_hash", None)
    return content or str(getattr(event, "processing_version", review.processing_version))
