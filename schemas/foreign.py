"""Messages that publishers wrote with schemas of their own, which a schema registry knows and schemas/ids.json does not.

Such a schema is accepted when Avro's rules resolve it to the newest contract of the topic.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import Any, TypeAlias

import fastavro

from schemas.errors import InvalidInput, UnknownSchema
from schemas.fields import Source
from schemas.registry import Contract, newest
from schemas.resolution import unreadable

HEADER = 5
FORGET_AFTER = 30.0
"""Seconds after which a schema that the registry did not know is looked up again."""
KEPT = 1_000
Lookup: TypeAlias = Callable[[int], Source | None]
"""The schema with that id, None if there is none. Raises TransientError when the registry does not answer."""


class Foreign:
    """Reads values of one contract that were written with other schemas. Not thread-safe."""

    def __init__(self, lookup: Lookup, topic: str = "inbound.review") -> None:
        self._lookup, self._topic = lookup, topic
        self._writers: dict[int, Any] = {}
        self._refused: dict[int, tuple[float, InvalidInput]] = {}

    def read(self, data: bytes) -> dict[str, Any]:
        """The record in the shape of the newest contract. Raises InvalidInput, and TransientError as the look-up does."""
        writer, reader = self._writer(int.from_bytes(data[1:HEADER], "big")), newest(self._topic)
        body = io.BytesIO(data)
        body.seek(HEADER)
        try:
            record: dict[str, Any] = fastavro.schemaless_reader(body, writer, reader.parsed)
        except Exception as error:  # noqa: BLE001 - fastavro raises whatever the bytes lead it into
            raise _mismatch(type(error).__name__) from None
        if body.tell() != len(data):
            raise _mismatch(f"{len(data) - body.tell()} bytes too many")
        return record

    def _writer(self, schema_id: int) -> Any:
        since, refusal = self._refused.get(schema_id, (0.0, None))
        if refusal is not None and time.monotonic() - since < FORGET_AFTER:
            raise refusal
        if schema_id not in self._writers:
            self._make_room()
            try:
                self._writers[schema_id] = _resolvable(schema_id, self._lookup(schema_id), newest(self._topic))
            except InvalidInput as problem:
                self._refused[schema_id] = (time.monotonic(), problem)
                raise
        return self._writers[schema_id]

    def _make_room(self) -> None:
        """Ids come from clients: made-up ones must not fill the memory."""
        for kept in (self._writers, self._refused):
            if len(kept) >= KEPT:
                kept.clear()


def _resolvable(schema_id: int, source: Source | None, reader: Contract) -> Any:
    if source is None:
        raise UnknownSchema(
            f"schema id {schema_id} is neither pinned in schemas/ids.json nor known to the schema registry",
            field="schema id",
            reason="unknown_schema",
        )
    try:
        problems = sorted(f"{rule} at {place or 'the top'}" for rule, place, _ in unreadable(reader.source, source))
        parsed = fastavro.parse_schema(source, named_schemas={})
    except Exception as error:  # noqa: BLE001 - a schema is as foreign as its messages
        problems, parsed = [f"it is no Avro schema ({type(error).__name__})"], None
    if problems:
        raise InvalidInput(
            f"schema {schema_id} does not resolve to {reader.topic} v{reader.version}: {'; '.join(problems)}",
            field="schema id",
            reason="wrong_schema",
        )
    return parsed


def _mismatch(why: str) -> InvalidInput:
    return InvalidInput(f"Avro body does not match its schema in the registry ({why})", field="value", reason="avro")
