"""New events as rows of PostgreSQL's binary COPY format.

The driver's own `write_row` asks a dumper for each of the nine values and takes several times as long.
Format: https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from struct import Struct

from eventstore.model import NewEvent

_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)  # signature, no flags, no extension
_TRAILER = b"\xff\xff"
_NULL = b"\xff\xff\xff\xff"
_COLUMNS = 9
_CHUNK = 100

# Each value is preceded by its length in 4 bytes: position, tenant_id, originator_id, originator_version, topic …
_FIXED = Struct("!hiqi16si16siqi")
_LENGTH = Struct("!i")
_UUID = Struct("!i16s")


def copy_chunks(start: int, events: Sequence[NewEvent]) -> Iterator[bytes]:
    """The COPY data for `events` at positions `start + 1 …`.

    In chunks small enough that the server processes one while we pack the next.

    Column order: position, tenant_id, originator_id, originator_version, topic, state, event_id, causation_id,
    correlation_id.
    """
    yield _HEADER
    for first in range(0, len(events), _CHUNK):
        chunk = events[first : first + _CHUNK]
        yield b"".join([_row(position, event) for position, event in enumerate(chunk, start + first + 1)])
    yield _TRAILER


def _row(position: int, event: NewEvent) -> bytes:
    topic = event.topic.encode()
    fixed = _FIXED.pack(
        _COLUMNS, 8, position, 16, event.tenant_id.bytes, 16, event.stream_id.bytes, 8, event.version, len(topic)
    )
    state, event_id = event.state, _UUID.pack(16, event.event_id.bytes)
    causation, correlation = event.causation_id, event.correlation_id
    return b"".join(
        (
            fixed,
            topic,
            _LENGTH.pack(len(state)),
            state,
            event_id,
            _NULL if causation is None else _UUID.pack(16, causation.bytes),
            _NULL if correlation is None else _UUID.pack(16, correlation.bytes),
        )
    )
