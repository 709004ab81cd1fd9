"""HTML read as the text that a browser shows.

Recognised are comments, elements that HTML has (and the namespaced ones that word processors paste), and character
references. Whatever else has angle brackets or ampersands stands as it was written: "<3", "a < b", "<sarcasm>", "R&D;".
`<br>` and blocks are breaks, scripts and styles are left out with what they contain, other tags leave nothing behind.

Why not html.parser: it raises AssertionError on "<![x", reads no tag any more behind a stray "&#", and is quadratic in
unclosed tags; and what it takes for a tag differs between Python's patch releases, whereas a processing version has to mean one
reading. Python's tables of character references are used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from html.entities import html5
from importlib.resources import files

from nlp.reading.edits import Edit

# Every repetition stops at the next "<", so all attempts together look at each character once or twice.
_VALUE = r"""(?:"[^"<]*"|'[^'<]*'|[^\s"'<>=`]+)"""
_BARE = "allowfullscreen|async|autoplay|checked|compact|controls|defer|disabled|hidden|loop|muted|nowrap|open|readonly|required|reversed|selected"
_ATTRIBUTES = rf"(?:\s+(?:[a-zA-Z_][-\w.:]*\s*=\s*{_VALUE}|(?:{_BARE})(?=[\s/>])))*+"
_TOKEN = re.compile(
    rf"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*(?::[a-zA-Z]+)?){_ATTRIBUTES}\s*/?>"
    r"|(?P<comment><!--)|(?P<uncomment>-->)|(?P<declaration><!doctype\b[^<>]*>|<\?xml\b[^<>]*>)"
    r"|(?P<reference>&(?:\#[0-9]{1,7};?|\#x[0-9a-f]{1,6};?|[a-z][a-z0-9]{1,31};))",
    re.IGNORECASE,
)
_Token = re.Match[str]


@cache
def _kinds() -> dict[str, str]:
    """By element: `line`, `block`, `inline`, or `unseen` with all it contains."""
    lines = files("nlp.reading").joinpath("html_elements.tsv").read_text("utf8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return {name: kind for kind, names in rows for name in names.split()}


def _kind(token: _Token) -> str:
    name = (token["name"] or "").lower()
    return "inline" if ":" in name else _kinds().get(name, "")


def edits_of_markup(text: str) -> list[Edit]:
    """The edits that make HTML a text; none for a text without markup."""
    if "<" not in text and "&" not in text:
        return []
    tokens = [token for token in _TOKEN.finditer(text) if _is_markup(token)]
    return _with_breaks(text, _visible(tokens))


def _is_markup(token: _Token) -> bool:
    if token["name"]:
        return bool(_kind(token))
    # By the table: `unescape` would read the beginning of "&nothing;".
    return not token["reference"] or token[0][1] == "#" or token[0][1:] in html5


def _visible(tokens: list[_Token]) -> Iterator[Edit]:
    """An edit for each token; what is left out is one together with its end. Without an end nothing is left out."""
    last = {_ends(token): number for number, token in enumerate(tokens)}
    number = 0
    while number < len(tokens):
        token = tokens[number]
        number += 1
        awaited = _awaits(token)
        if awaited and last.get(awaited, -1) >= number:
            while _ends(tokens[number]) != awaited:
                number += 1
            yield Edit(token.start(), tokens[number].end(), "")
            number += 1
        elif not token["comment"] and not token["uncomment"]:
            yield Edit(token.start(), token.end(), _replacement(token))


def _awaits(token: _Token) -> str:
    """What ends a stretch that is left out and begins here; empty if none does."""
    if token["comment"]:
        return "-->"
    return token["name"].lower() if _kind(token) == "unseen" and not token["close"] else ""


def _ends(token: _Token) -> str:
    return "-->" if token["uncomment"] else (token["name"] or "").lower() if token["close"] else ""


_BLANKS = " \t\r"
_EDGE = "\0"
"""Of a block, until it is known what is around it. No character reference is read as this."""


def _replacement(token: _Token) -> str:
    if token["reference"]:
        return unescape(token[0])
    return {"line": "\n", "block": _EDGE}.get(_kind(token), "")


def _with_breaks(text: str, edits: Iterator[Edit]) -> list[Edit]:
    """A block's edge is a line break where text stands before it in its line and behind it, otherwise nothing."""
    found: list[Edit] = []
    position, in_line, edge = 0, False, None
    for edit in edits:
        for shown in (text[position : edit.start], edit.replacement.strip(_EDGE)):
            if edge is not None and shown.strip(_BLANKS):
                found[edge] = _broken(found[edge], shown)
                in_line, edge = False, None
            in_line = bool(shown.rpartition("\n")[2].strip()) or (in_line and "\n" not in shown)
        if edit.replacement == _EDGE and in_line and edge is None:
            edge = len(found)
        found.append(edit._replace(replacement=edit.replacement.strip(_EDGE)))
        position = edit.end
    if edge is not None and text[position:].strip():
        found[edge] = _broken(found[edge], text[position:])
    return found


def _broken(edge: Edit, following: str) -> Edit:
    return edge._replace(replacement="" if following.lstrip(_BLANKS).startswith("\n") else "\n")
