"""Mappings as they are written on a command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from schemas.errors import InvalidInput
from sources.files.column_names import GUESSES


def parse_pairs(pairs: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Columns and constants by field, from "content=review_text", "content=a+b", "title=" and "best_rating:=10"."""
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    for pair in pairs:
        left, equals, given = pair.partition("=")
        target = left.removesuffix(":").strip()
        if not equals:
            raise InvalidInput(
                f"{pair!r} is no mapping; write field=column or field:=value", field="map", reason="syntax"
            )
        if target in columns or target in constants:
            raise _twice(target)
        (constants if left.endswith(":") else columns)[target] = given.strip()
    return columns, constants


def parse_values(texts: Iterable[str]) -> dict[str, dict[str, str]]:
    """Names of values by field, from texts like "rating:true=5,false=1"."""
    tables: dict[str, dict[str, str]] = {}
    for text in texts:
        target, _, names = text.partition(":")
        pairs = [pair.partition("=") for pair in names.split(",")]
        if not all(name.strip() and equals and value.strip() for name, equals, value in pairs):
            raise InvalidInput(
                f"{text!r} names no values; write field:name=value,name=value", field="values", reason="syntax"
            )
        tables.setdefault(target.strip(), {}).update({name.strip(): value.strip() for name, _, value in pairs})
    return tables


def check_names(
    columns: Mapping[str, str], constants: Mapping[str, str], values: Mapping[str, object], optional: Iterable[str] = ()
) -> None:
    """Raise InvalidInput for a field that there is not, a value that is none, or a field that is mapped twice."""
    for target in (*columns, *constants, *values, *optional):
        if target not in GUESSES:
            raise InvalidInput(
                f"unknown target field {target!r}; known are {', '.join(GUESSES)}", field=target, reason="unknown"
            )
    for target, given in (*columns.items(), *constants.items()):
        if not isinstance(given, str) or (not given and target in constants):
            raise InvalidInput(
                f"{target} needs a column or a value: write {target}=column or {target}:=value",
                field=target,
                reason="empty",
            )
    if twice := sorted(columns.keys() & constants.keys()):
        raise _twice(twice[0])


def _twice(target: str) -> InvalidInput:
    return InvalidInput(f"{target} is mapped twice; keep one", field=target, reason="duplicate")
