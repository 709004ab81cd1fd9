"""All or nothing, and no repeats, as the `eventsourcing` library wants it; and what to say when that is refused."""

from __future__ import annotations

from collections.abc import Sequence

from eventstore.log import Cursor
from eventstore.model import AppendResult, Conflict, NewEvent
from eventstore.reader import LogReader


class NotAllAppended(Exception):  # ends the transaction; the recorder makes the library's own error of it
    """Some of the events do not fit or stand already."""

    def __init__(self, result: AppendResult) -> None:
        super().__init__()
        self.result = result


def require_all(_: Cursor, result: AppendResult) -> None:
    """Inside the transaction. Raises Refused."""
    if result.conflicts or result.skipped:
        raise NotAllAppended(result)


def reason(refused: NotAllAppended, events: Sequence[NewEvent], log: LogReader) -> str:
    """Which event stands at which version of which stream. Says nothing of what is in them."""
    if refused.result.conflicts:
        return _conflict(refused.result.conflicts[0])
    for event in events:
        if log.read_stream(event.stream_id, after_version=event.version - 1, until_version=event.version):
            what = f"version {event.version} of stream {event.stream_id}"
            return f"{what} is recorded already: the same event {event.event_id} stands there"
    return "an event is given twice in one insert: give it once"


def _conflict(conflict: Conflict) -> str:
    stands = conflict.standing_event_id
    why = f"event {stands} stands there" if stands else "the stream has later versions"
    what = f"version {conflict.version} of stream {conflict.stream_id}"
    return f"{what} cannot be recorded: {why}; load the aggregate anew and decide again"
