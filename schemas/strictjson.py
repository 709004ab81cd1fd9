"""Strict JSON: unlike Python's parser, it rejects NaN, duplicate keys and lone surrogates."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from schemas.errors import InvalidInput

_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def loads(data: bytes | str) -> Any:
    """Parse strictly.

    Raises InvalidInput naming the reason: encoding, syntax, number, duplicate_key, nesting, surrogate.
    """
    text = _utf8(data) if isinstance(data, bytes) else data
    value = _parsed(text)
    if isinstance(data, str) or _ESCAPED_SURROGATE.search(text):
        _refuse_half_characters(text, value)
    return value


def _utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"not UTF-8 at byte {error.start}; send UTF-8", reason="encoding") from None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_unique)
    except RecursionError:
        raise InvalidInput("nested too deeply; at most some hundred levels", reason="nesting") from None
    except json.JSONDecodeError as error:
        raise InvalidInput(f"not JSON at character {error.pos}: {error.msg}", reason="syntax") from None
    except ValueError:  # an integer of more than 4,300 digits
        raise InvalidInput("a number is too long", reason="number") from None


def _refuse_half_characters(text: str, value: Any) -> None:
    """No store takes a lone surrogate. UTF-8 cannot carry one, so only escaped ones get here."""
    try:
        text.encode()
        if _ESCAPED_SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise InvalidInput(
            "a text has half a surrogate pair (\\ud800 to \\udfff); write the whole one", reason="surrogate"
        ) from None
    except RecursionError:
        raise InvalidInput("nested too deeply; at most some hundred levels", reason="nesting") from None


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
