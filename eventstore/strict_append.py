"""All-or-nothing appends without repeats, as the `eventsourcing` library requires, and the text of a refusal."""

from __future__ import annotations

from collections.abc import Sequence

from eventstore.log import Cursor
from eventstore.model import AppendResult, Conflict, NewEvent
from eventstore.reader import LogReader


class NotAllAppended(Exception):  # ends the transaction; the recorder turns it into the library's own error
    """Some of the events do not fit or are recorded already."""

    def __init__(self, result: AppendResult) -> None:
        super().__init__()
        self.result = result


def require_all(_: Cursor, result: AppendResult) -> None:
    """Call inside the transaction. Raises NotAllAppended."""
    if result.conflicts or result.skipped:
        raise NotAllAppended(result)


def reason(refused: NotAllAppended, events: Sequence[NewEvent], log: LogReader) -> str:
    """Which event is recorded at which version of which stream, without any content."""
    if refused.result.conflicts:
        return _conflict(refused.result.conflicts[0])
    for event in events:
        if log.read_stream(event.stream_id, after_version=event.version - 1, until_version=event.version):
            what = f"version {event.version} of stream {event.stream_id}"
            return f"{what} is recorded already: the same event {event.event_id} is there"
    return "an event is given twice in one insert: give it once"


def _conflict(conflict: Conflict) -> str:
    recorded = conflict.standing_event_id
    why = f"event {recorded} is recorded there" if recorded else "the stream has later versions"
    what = f"version {conflict.version} of stream {conflict.stream_id}"
    return f"{what} cannot be recorded: {why}; load the aggregate again and decide again"
