"""Confluent wire format: magic byte 0, schema id in 4 bytes (big-endian), Avro body.

The same bytes are the event log's `state` and the value on the public topics.
"""

from __future__ import annotations

import importlib
import io
import pkgutil
from functools import cache
from typing import Any

import fastavro

from schemas import events, messages
from schemas.derived import derived, forgets
from schemas.errors import InvalidInput, UnknownSchema
from schemas.record import from_record, to_record
from schemas.registry import Contract, contract, further_modules, newest
from schemas.upcasters import upcast

MAGIC = b"\x00"
HEADER = 5
_CONTRACTS: dict[bytes, Contract] = {}
"""Cache of contracts by header bytes: a replay looks them up hundreds of thousands of times."""
forgets(_CONTRACTS.clear)


@derived
def classes() -> dict[str, type]:
    """Every typed event and message by its stable name: those of all modules in schemas/events/."""
    names = [each.name for each in pkgutil.iter_modules(events.__path__, f"{events.__name__}.")]
    modules = [messages, *map(importlib.import_module, names), *further_modules()]
    found = [value for module in modules for value in vars(module).values() if hasattr(value, "TOPIC")]
    return {cls.TOPIC: cls for cls in found}


def encode(value: Any) -> bytes:
    """A typed event or message in wire format. Raises UnknownSchema when its topic has no contract."""
    return encode_record(value.TOPIC, to_record(value))


def encode_record(topic: str, record: dict[str, Any]) -> bytes:
    """A plain record in wire format, by the newest contract of that topic."""
    return encode_with(newest(topic), record)


def encode_with(schema: Contract, record: dict[str, Any]) -> bytes:
    """A plain record in wire format, by this contract."""
    out = io.BytesIO()
    out.write(_header(schema))
    fastavro.schemaless_writer(out, schema.parsed, record)
    return out.getvalue()


def decode(data: bytes) -> Any:
    """The typed event or message, upcasted to the newest version.

    Raises UnknownSchema for other magic bytes or ids, InvalidInput for bytes that end early, late or otherwise
    than the contract has them.
    """
    schema, record = decode_record(data)
    record = upcast(schema.topic, schema.version, newest(schema.topic).version, record)
    return from_record(classes()[schema.topic], record)


def decode_record(data: bytes) -> tuple[Contract, dict[str, Any]]:
    """The contract that the bytes were written with and the plain record, not upcasted. Raises as `decode` does."""
    schema = _CONTRACTS.get(data[:HEADER]) or schema_of(data)
    body = io.BytesIO(data)
    body.seek(HEADER)
    try:
        record = fastavro.schemaless_reader(body, schema.parsed, None)
    except Exception as error:  # noqa: BLE001 - fastavro raises whatever the bytes lead it into
        raise _unreadable(schema, type(error).__name__) from None
    if body.tell() != len(data):
        raise _unreadable(schema, f"{len(data) - body.tell()} bytes too many")
    return schema, record


def _unreadable(schema: Contract, why: str) -> InvalidInput:
    return InvalidInput(
        f"Avro body cannot be read as {schema.topic} v{schema.version} ({why})", field="value", reason="avro"
    )


def schema_of(data: bytes) -> Contract:
    """The contract named by the header. Raises UnknownSchema."""
    if len(data) < HEADER or data[:1] != MAGIC:
        raise UnknownSchema(
            "not in Confluent wire format: expected magic byte 0 and a 4-byte schema id",
            field="value",
            reason="bad_magic",
        )
    found = _CONTRACTS[data[:HEADER]] = contract(int.from_bytes(data[1:HEADER], "big"))
    return found


@cache
def _header_bytes(schema_id: int) -> bytes:
    return MAGIC + schema_id.to_bytes(4, "big")


def _header(schema: Contract) -> bytes:
    return _header_bytes(schema.id)
