"""Values of Java's .properties files, which are read as Latin-1: a path in UTF-8 would name another directory there."""

from __future__ import annotations

FIRST, LAST = " ", "~"
"""The printable part of ASCII."""


def escaped(value: object) -> str:
    """The text as such a value: what is not plain ASCII is escaped by its number, in UTF-16 as Java has it."""
    return "".join(map(_escaped, str(value)))


def _escaped(letter: str) -> str:
    if letter == "\\":
        return "\\\\"
    if FIRST < letter <= LAST:
        return letter
    units = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
