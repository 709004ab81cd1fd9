"""A part of history that nothing can be in is a typing error: it is refused, and not replayed as nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol
from uuid import UUID

from eventstore.model import RecordedEvent
from projections.rebuild.selection import Selection
from schemas.errors import InvalidInput
from schemas.known import check_known
from schemas.topics import event_routings


class StreamSource(Protocol):
    """The event log's reader of one stream."""

    def read_stream(self, stream_id: UUID) -> list[RecordedEvent]:
        """The stream's events by version."""
        ...


def check_selection(log: StreamSource, selection: Selection, *, reads: Collection[str] | None) -> None:
    """Raises InvalidInput for types of events, reviews and positions that do not exist.

    `reads` are the types that the read model uses; None is all.
    """
    for name in sorted(selection.topics or ()):
        check_known("--type", name, sorted(event_routings()), field="type")
        if reads is not None and name not in reads:
            raise InvalidInput(
                f"--type: the read model makes nothing of {name}; it uses {', '.join(sorted(reads))}", field="type"
            )
    for stream in sorted(selection.streams or ()):
        _check_stream(log, stream, selection.tenant_id)
    if selection.to_position is not None and selection.to_position <= selection.from_position:
        raise InvalidInput("--to-position: is not after --from-position, so nothing is between", field="to_position")


def _check_stream(log: StreamSource, stream: UUID, tenant_id: UUID | None) -> None:
    events = log.read_stream(stream)
    if not events:
        raise InvalidInput(
            f"--stream: the log has no review {stream}; `reviewstream query reviews --tenant SLUG` lists ids",
            field="stream",
        )
    if tenant_id is not None and events[0].tenant_id != tenant_id:
        raise InvalidInput(f"--stream: review {stream} is not of the tenant that --tenant names", field="stream")
