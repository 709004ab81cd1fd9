"""What the tailer changes in the raw store: facts that were corrected, and reviews that were withdrawn.

The store step writes documents; whatever happens to a review after that needs no step of its saga.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from connectors.fault_table import is_infrastructure_error
from eventstore.mapper import Mapper
from eventstore.model import RecordedEvent
from schemas.errors import PermanentError
from schemas.events.review import FactsCorrected, ReviewWithdrawn
from streams.raw_documents import Correction, Replacement, correction, replacement, settle, tombstone
from telemetry import failpoints
from telemetry.error_text import safe_text

TOPICS = frozenset({FactsCorrected.TOPIC, ReviewWithdrawn.TOPIC})
MAPPER = Mapper()


def raw_changes(events: Sequence[RecordedEvent]) -> Iterator[Correction | Replacement]:
    """One write for each correction and withdrawal among the events."""
    for at in events:
        if at.topic not in TOPICS:
            continue
        event = MAPPER.to_typed(at)
        if isinstance(event, FactsCorrected):
            yield correction(at.stream_id, at.version, event)
        else:
            what = tombstone(at.stream_id, at.tenant_id, event.revision, at.version, event.withdrawn_at)
            yield replacement(what)


class RawStoreWriter:
    """Applies such writes, in any order and any number of times."""

    def __init__(self, raw_reviews: Callable[[], Collection[dict[str, Any]]]) -> None:
        self._raw = raw_reviews

    def send(self, messages: Sequence[Correction | Replacement]) -> None:
        """Durable by majority when it returns. Raises PermanentError for what the raw store refuses for good."""
        try:
            failpoints.hit("raw.before_change")
            self._write(messages)
        except Exception as error:
            if is_infrastructure_error(error):
                raise
            raise PermanentError(f"the raw store refuses it: {safe_text(error)}") from error
        failpoints.hit("raw.changed")

    def _write(self, messages: Sequence[Correction | Replacement]) -> None:
        try:
            self._raw().bulk_write(list(messages), ordered=False)
        except BulkWriteError as error:
            settle(error)
