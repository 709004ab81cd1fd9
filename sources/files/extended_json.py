"""MongoDB's Extended JSON, as mongoexport writes it: {"$oid": "64b…"}, {"$date": "…"}, {"$numberLong": "4"}."""

from __future__ import annotations

import math
from datetime import datetime
from uuid import UUID

from bson import Decimal128, ObjectId, json_util
from bson.errors import BSONError

_OPTIONS = json_util.JSONOptions(tz_aware=True)
MARK = b'"$'
"""Text without it has no such value."""


def plain_record(record: dict[str, object]) -> dict[str, object]:
    """A record, of whose columns some may be written so."""
    return {name: plain(value) for name, value in record.items()}


def plain(value: object) -> object:
    """The value with plain texts and numbers for what is written so; what is not understood stays as it is."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and next(iter(value)).startswith("$"):
        return _read(value)
    return {name: plain(one) for name, one in value.items()}


def _read(wrapped: dict[str, object]) -> object:
    try:
        found = json_util.object_hook({name: plain(one) for name, one in wrapped.items()}, _OPTIONS)
    except (BSONError, ValueError, TypeError, OverflowError, ArithmeticError):
        return wrapped
    if isinstance(found, datetime):
        return found.isoformat()
    if isinstance(found, (ObjectId, UUID, Decimal128)):
        return str(found)
    if isinstance(found, float):
        return found if math.isfinite(found) else None
    return int(found) if isinstance(found, int) else wrapped
