"""JSON objects from outside, without what Python's json lets pass and a store or another language refuses.

NaN and infinities, lone surrogates, NUL characters and names that appear twice are all errors here.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from typing import NoReturn

from schemas.errors import InvalidInput

# What comes in deeper could not be written out again: writing has a call depth, too.
MAX_DEPTH = 100
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def parse_object(data: bytes | str) -> dict[str, object]:
    """The JSON object in `data` (UTF-8). Raises InvalidInput whose message quotes no content."""
    try:
        value: object = json.loads(
            data if isinstance(data, str) else data.decode(),
            parse_constant=_refuse_constant,
            parse_float=_finite,
            object_pairs_hook=_unique,
        )
        if not isinstance(value, dict):
            raise _refusal(f'a JSON object like {{"content": "..."}} is needed, not {_kind(value)}', "not_an_object")
        _check_texts(value)
    except UnicodeDecodeError as error:
        raise _refusal(f"not UTF-8 at byte {error.start + 1}", "encoding") from error
    except json.JSONDecodeError as error:
        raise _refusal(f"not JSON: {error.msg} at character {error.pos + 1}", "not_json") from error
    except RecursionError as error:
        raise _refusal(f"the JSON is nested deeper than {MAX_DEPTH} levels", "too_deep") from error
    except ValueError as error:  # an integer of thousands of digits
        raise _refusal("a number has too many digits", "number") from error
    return value


def _refusal(message: str, reason: str, field: str = "") -> InvalidInput:
    return InvalidInput(message, field=field, reason=reason)


def _kind(value: object) -> str:
    names = {list: "an array", str: "a text", bool: "true or false", int: "a number", float: "a number"}
    return names.get(type(value), "null")


def _refuse_constant(name: str) -> NoReturn:
    raise _refusal(f"{name} is no number in JSON; leave the field out or write null", "not_finite")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _refusal("a number is too large for a 64-bit float", "not_finite")
    return number


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = first_repeated(name for name, _ in pairs)
        raise _refusal(f"the name {twice[:60]!a} appears twice in one object; keep one", "duplicate_name", twice[:60])
    return found


def first_repeated(names: Iterable[str]) -> str:
    """The first name that was there before, or an empty text."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return ""


def _check_texts(value: dict[str, object]) -> None:
    for text in _texts(value):
        found = _UNSTORABLE.search(text)
        if found and found.group() == "\0":
            raise _refusal("a text contains \\u0000, which no store accepts; remove it", "nul")
        if found:
            raise _refusal("a text contains half a surrogate pair (\\ud800..\\udfff); write the whole one", "surrogate")


def _texts(value: object) -> Iterator[str]:
    """Every name and text below `value`, level by level: the depth is the sender's choice."""
    level = [value]
    for _ in range(MAX_DEPTH):
        below: list[object] = []
        for item in level:
            if isinstance(item, str):
                yield item
            elif isinstance(item, dict):
                yield from item
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
        level = below
    if level:
        raise RecursionError
