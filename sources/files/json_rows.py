"""JSON objects from files: strict JSON without values that no store accepts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schemas import strictjson
from schemas.errors import InvalidInput

# A deeper value could not be serialised again: writing has a call depth, too.
MAX_DEPTH = 100
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def parse_object(data: bytes | str) -> dict[str, object]:
    """The JSON object in `data` (UTF-8). Raises InvalidInput whose message quotes no content.

    On top of schemas.strictjson: texts with NUL characters or lone surrogates are refused, and depths over MAX_DEPTH.
    """
    value: object = strictjson.loads(data)
    if not isinstance(value, dict):
        raise InvalidInput(
            f'a JSON object like {{"content": "..."}} is needed, not {kind(value)}', reason="not_an_object"
        )
    if not (isinstance(data, bytes) and _is_harmless(data)):
        check_texts(value)
    return value


def _is_harmless(data: bytes) -> bool:
    """Whether texts and depth need no look: what no store accepts gets into UTF-8 by escapes alone, and depth by brackets."""
    return b"\\u" not in data and data.count(b"{") + data.count(b"[") < MAX_DEPTH


def check_texts(value: object) -> None:
    """Raise InvalidInput where a text or name has what no store accepts, or the value is nested deeper than MAX_DEPTH."""
    for text in _texts(value):
        found = _UNSTORABLE.search(text)
        if found and found.group() == "\0":
            raise InvalidInput("a text contains \\u0000, which no store accepts; remove it", reason="nul")
        if found:
            raise InvalidInput(
                "a text contains half a surrogate pair (\\ud800..\\udfff); write the whole one", reason="surrogate"
            )


def kind(value: object) -> str:
    """What a JSON value is, in words."""
    names = {list: "an array", str: "a text", bool: "true or false", int: "a number", float: "a number"}
    return names.get(type(value), "null")


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
        raise InvalidInput(f"nested deeper than {MAX_DEPTH} levels", reason="nesting")
