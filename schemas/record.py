"""Typed dataclasses to plain Avro records and back, by converters built once per class."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

T = TypeVar("T")
Convert = Callable[[Any], Any]


@dataclasses.dataclass(frozen=True, slots=True)
class _Field:
    name: str
    write: Convert | None
    read: Convert | None


def to_record(value: Any) -> dict[str, Any]:
    """One dataclass instance as nested dicts and lists, ready for Avro."""
    return {
        field.name: getattr(value, field.name) if field.write is None else field.write(getattr(value, field.name))
        for field in _fields(type(value))
    }


def from_record(cls: type[T], record: Mapping[str, Any]) -> T:
    """An instance of `cls` from an Avro record; fields the record lacks take their defaults.

    Raises TypeError when a field without a default is missing.
    """
    values = {
        field.name: record[field.name] if field.read is None else field.read(record[field.name])
        for field in _fields(cls)
        if field.name in record
    }
    return cls(**values)


_FIELDS: dict[type, tuple[_Field, ...]] = {}


def _fields(cls: type) -> tuple[_Field, ...]:
    if cls not in _FIELDS:
        hints = get_type_hints(cls)
        _FIELDS[cls] = tuple(_Field(f.name, *_converters(hints[f.name])) for f in dataclasses.fields(cls))
    return _FIELDS[cls]


def _converters(hint: Any) -> tuple[Convert | None, Convert | None]:
    """(write, read) for a type; None where the value passes as it is."""
    if hint is UUID:
        return _id_bytes, _id
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return to_record, lambda record: from_record(hint, record)
    origin, args = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return _optional(args)
    if origin is tuple:
        return _sequence(args[0])
    return None, None


def _id_bytes(value: UUID) -> bytes:
    return value.bytes


def _id(value: bytes) -> UUID:
    return UUID(bytes=value)


def _optional(args: tuple[Any, ...]) -> tuple[Convert | None, Convert | None]:
    inner = [arg for arg in args if arg is not type(None)]
    write, read = _converters(inner[0]) if len(inner) == 1 else (None, None)
    if write is None or read is None:
        return None, None
    return (
        lambda value: None if value is None else write(value),
        lambda value: None if value is None else read(value),
    )


def _sequence(item: Any) -> tuple[Convert, Convert]:
    write, read = _converters(item)
    if write is None or read is None:
        return list, tuple
    return lambda values: [write(v) for v in values], lambda values: tuple(read(v) for v in values)
