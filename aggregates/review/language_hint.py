"""The language as a source states it: a hint, so an odd one costs no more than itself."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

MAX_METADATA = 32
MAX_METADATA_CHARS = 500
FORM = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")
LONGEST = 35
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def without_nulls(value: Any) -> Any:
    """An object's entries that have a value."""
    return {name: one for name, one in value.items() if one is not None} if isinstance(value, Mapping) else value


def with_hint(record: dict[str, Any]) -> dict[str, Any]:
    """The record with a language of BCP 47's form or none; another one is kept in the metadata where there is room."""
    given = record.get("language")
    if given is None:
        return record
    text = given.strip() if isinstance(given, str) else given
    if isinstance(text, str) and (not text or (len(text) <= LONGEST and _is_hint(text)) or _UNSTORABLE.search(text)):
        return record  # what cannot be stored is refused with the field's other errors
    rest = {name: value for name, value in record.items() if name != "language"}
    metadata = without_nulls(rest.get("metadata", {}))
    if isinstance(metadata, Mapping) and len(metadata) < MAX_METADATA and "language" not in metadata:
        rest["metadata"] = {**metadata, "language": _as_text(text)[:MAX_METADATA_CHARS]}
    return rest


@lru_cache(maxsize=512)
def _is_hint(text: str) -> bool:
    return FORM.fullmatch(text) is not None


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, default=repr)
    except (ValueError, TypeError, RecursionError):
        return type(value).__name__
