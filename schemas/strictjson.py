"""JSON as the standard has it: Python's parser also takes NaN, duplicate keys and half characters. We do not."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from schemas.errors import InvalidInput


def loads(data: bytes | str) -> Any:
    """Parse strictly. Raises InvalidInput naming the reason: encoding, syntax, number, duplicate_key, nesting."""
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
    except UnicodeDecodeError as error:
        raise InvalidInput(f"not UTF-8 at byte {error.start}; send UTF-8", reason="encoding") from None
    try:
        return json.loads(text, parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_unique)
    except RecursionError:
        raise InvalidInput("nested too deeply; at most some hundred levels", reason="nesting") from None
    except json.JSONDecodeError as error:
        raise InvalidInput(f"not JSON at character {error.pos}: {error.msg}", reason="syntax") from None
    except ValueError:  # an integer of more than 4,300 digits
        raise InvalidInput("a number is too long", reason="number") from None


def _no_constant(name: str) -> NoReturn:
    raise InvalidInput(f"{name} is not a JSON number; leave the field out", reason="number")


def _finite(text: str) -> float:
    value = float(text)
    if value in {float("inf"), float("-inf")}:
        raise InvalidInput("a number is out of range", reason="number")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        raise InvalidInput("an object has the same key twice; keep one", reason="duplicate_key")
    return record
