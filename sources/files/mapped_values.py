"""Single values on their way from a file to a review: numbers in texts, identifiers, and the rest as metadata."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping

MAX_METADATA = 32
MAX_METADATA_CHARS = 500
MAX_METADATA_NAME = 200

_NUMBERS = {"rating", "best_rating", "worst_rating"}
_IDS = {"external_id", "author_id"}
_OUT_OF = re.compile(r"\s*([0-9.,]+)\s*(?:/|out of)\s*([0-9.,]+)\s*", re.IGNORECASE)


def value_at(record: Mapping[str, object], column: str) -> object:
    """The value of `column`, whose dots descend into objects; None when there is none."""
    if column in record:
        return record[column]
    value: object = record
    for part in column.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def is_blank(value: object) -> bool:
    """Null or a text of blanks."""
    return value is None or (isinstance(value, str) and not value.strip())


def put(found: dict[str, object], target: str, value: object) -> None:
    """Set a target field, as a number or a text where the field wants one; "4/5" sets the best rating, too."""
    if target in _NUMBERS and isinstance(value, str):
        parts = _OUT_OF.fullmatch(value)
        if target == "rating" and parts and (best := _number(parts[2])) is not None:
            found.setdefault("best_rating", best)
            value = parts[1]
        number = _number(value)
        found[target] = value if number is None else number
    elif target in _IDS and isinstance(value, int) and not isinstance(value, bool):
        found[target] = str(value)
    else:
        found[target] = value


def _number(text: str) -> float | None:
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def metadata_of(record: Mapping[str, object], used: set[str]) -> dict[str, str]:
    """The columns that no field uses, and the entries of "metadata", as texts within the caps."""
    rest = {name: value for name, value in record.items() if name not in used and name != "metadata"}
    given = record.get("metadata")
    if isinstance(given, Mapping):
        rest = {**given, **rest}
    elif "metadata" not in used and given is not None:
        rest["metadata"] = given
    kept = [(name, value) for name, value in rest.items() if not is_blank(value)][:MAX_METADATA]
    return {name[:MAX_METADATA_NAME]: _as_text(value)[:MAX_METADATA_CHARS] for name, value in kept}


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
