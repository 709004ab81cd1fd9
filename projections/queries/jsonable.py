"""Typed results as plain JSON values."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID


def jsonable(value: Any) -> Any:
    """Dataclasses as dicts, times in ISO 8601, ids as text, decimals as numbers, bytes in base64; at any depth."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: jsonable(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [jsonable(item) for item in value]
    return next((plain(value) for kind, plain in _PLAIN if isinstance(value, kind)), value)


_PLAIN: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (date, lambda day: day.isoformat()),
    (Decimal, float),
    (UUID, str),
    (bytes, lambda data: b64encode(data).decode()),
)
