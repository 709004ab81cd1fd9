"""Implements the `eventsourcing` library's recorder interfaces on the event log."""

# mypy: disallow-subclassing-any=False
# (our settings skip the library's own types, so its base classes are Any here)

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    IntegrityError,
    Notification,
    OperationalError,
    ProgrammingError,
    StoredEvent,
)

from eventstore.log import EventLog
from eventstore.model import AppendResult, NewEvent, RecordedEvent
from eventstore.notifications import NotificationStream
from eventstore.strict_append import NotAllAppended, reason, require_all
from schemas.errors import TransientError, Unavailable

NO_TENANT = UUID(int=0)


class ReviewstreamAggregateRecorder(AggregateRecorder):
    """Records the streams of aggregates. `insert_events` is all or nothing, and a repeat is an IntegrityError."""

    def __init__(self, log: EventLog, url: str) -> None:
        """`url` is for the separate connection on which each subscription listens."""
        self.log = log
        self.url = url

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Append; `kwargs` may have tenant_id, causation_id and correlation_id for all of them.

        Raises IntegrityError that names the event recorded at a taken version, OperationalError when the server is lost.
        """
        self._insert(stored_events, **kwargs)
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The events of a stream with `gt` < version <= `lte`."""
        with _library_errors():
            events = self.log.read_stream(
                _uuid(originator_id), after_version=-1 if gt is None else gt, until_version=lte
            )
        ordered = events[::-1] if desc else events
        return [StoredEvent(e.stream_id, e.version, e.topic, e.state) for e in ordered[:limit]]

    def _insert(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> AppendResult:
        events = [_new_event(stored, **kwargs) for stored in stored_events]
        with _library_errors():
            try:
                return self.log.append(events, also=require_all, contiguous=False)
            except NotAllAppended as refused:
                raise IntegrityError(reason(refused, events, self.log)) from refused


class ReviewstreamRecorder(ReviewstreamAggregateRecorder, ApplicationRecorder):
    """Records streams and the global sequence; notification ids are positions."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """As above; returns the positions."""
        result = self._insert(stored_events, **kwargs)
        return list(range(result.last_position - result.appended + 1, result.last_position + 1))

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Up to `limit` events from `start` to `stop`."""
        after = 0 if start is None else start - inclusive_of_start
        with _library_errors():
            events = self.log.read_after(after, limit, until=stop, topics=topics or None)
        return [_notification(event) for event in events]

    def max_notification_id(self) -> int | None:
        """The head, None for an empty log."""
        with _library_errors():
            return self.log.head() or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> NotificationStream:
        """Iterates over what is and what will be recorded after position `gt`."""
        return NotificationStream(self, gt=gt, topics=topics)


def _new_event(
    stored: StoredEvent,
    *,
    tenant_id: UUID = NO_TENANT,
    causation_id: UUID | None = None,
    correlation_id: UUID | None = None,
    tracking: object = None,
) -> NewEvent:
    if tracking is not None:
        raise ProgrammingError("the event log records no tracking: keep the position with the read model")
    stream_id, version = _uuid(stored.originator_id), stored.originator_version
    # Includes the content: a rival with other content is another event, and the conflict can name the recorded one.
    event_id = uuid5(stream_id, f"{version}/{stored.topic}/{sha256(stored.state).hexdigest()}")
    return NewEvent(tenant_id, stream_id, version, stored.topic, stored.state, event_id, causation_id, correlation_id)


def _notification(event: RecordedEvent) -> Notification:
    return Notification(event.stream_id, event.version, event.topic, event.state, event.position)


def _uuid(originator_id: UUID | str) -> UUID:
    if isinstance(originator_id, UUID):
        return originator_id
    raise ProgrammingError(f"the event log names streams by UUID, not by text: give {originator_id!r} a UUID")


@contextmanager
def _library_errors() -> Iterator[None]:
    try:
        yield
    except TransientError as error:
        raise OperationalError(str(error)) from error
    except Unavailable as error:
        raise ProgrammingError(str(error)) from error
