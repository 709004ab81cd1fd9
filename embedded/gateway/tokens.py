"""SQL cut into tokens: quotes and comments are distinguished from words, so that a word in a string is no keyword."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_TOKEN = re.compile(
    r"""(?P<space>\s++|--[^\n]*+|\#[!\ ][^\n]*+|/\*.*?\*/)
      | (?P<quoted>'(?:[^'\\]++|\\.|'')*+' | \u2018[^\u2019]*+\u2019 | (?P<fence>\$\w*+\$).*?(?P=fence))
      | (?P<name>"(?:[^"\\]++|\\.|"")*+" | `(?:[^`\\]++|\\.|``)*+` | \u201c[^\u201d]*+\u201d)
      | (?P<word>\w++)
      | (?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class Token(NamedTuple):
    """A piece of the statement; `text` is in upper case for bare words only."""

    kind: str
    text: str
    start: int
    end: int


def tokenize(text: str) -> Iterator[Token]:
    """The tokens, without spaces and comments."""
    for found in _TOKEN.finditer(text):
        kind = "quoted" if found["quoted"] else str(found.lastgroup)
        if kind == "space":
            continue
        yield Token(kind, found[0].upper() if kind == "word" else found[0], found.start(), found.end())


def assignments_in(text: str, tokens: Sequence[Token]) -> dict[str, str]:
    """`a = 1, b = 'x'` → {'a': '1', 'b': "'x'"}. Other forms (SET ROLE …) give nothing."""
    found: dict[str, str] = {}
    for part in split_at_commas(tokens):
        if len(part) >= 3 and part[0].kind == "word" and part[1].text == "=":
            found[text[part[0].start : part[0].end]] = text[part[2].start : part[-1].end]
    return found


def split_at_commas(tokens: Sequence[Token]) -> list[list[Token]]:
    """The parts between commas that stand outside brackets."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.text in {"(", "["}) - (token.text in {")", "]"})
        if token.text == "," and not depth:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def bare(name: str) -> str:
    """A name or literal without its quotes; inside them a quote is doubled or escaped."""
    quote = name[:1]
    if quote not in {"'", '"', "`", "\u2018", "\u201c"}:
        return name
    return _ESCAPED.sub(r"\1", name[1:-1].replace(quote * 2, quote))
