"""Columns within a record: a dot descends into objects and lists, a plus joins columns, "?name" is a part of an address."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from functools import lru_cache
from urllib.parse import unquote


def value_at(record: Mapping[str, object], column: str) -> object:
    """The value of `column`; None when there is none. Of a list of objects: its values, joined by commas if several."""
    return record[column] if column in record else below(record, path_of(column, record))


def path_of(column: str, names: Container[str]) -> tuple[str, ...]:
    """The steps that lead to a column of a record with these names; the last may be "?name", a part of an address."""
    if column in names:
        return (column,)
    within, _, name = column.rpartition("?")
    return (*path_of(within, names), f"?{name}") if within and name else tuple(column.split("."))


def below(value: object, path: Iterable[str]) -> object:
    """What the path leads to; None when there is nothing."""
    for part in path:
        value = _below(value, part)
    return value


def parts_of(record: Container[str], column: str) -> list[str]:
    """The columns that "a+b" joins, unless one is called so."""
    return [column] if column in record else [part.strip() for part in column.split("+")]


def top_of(column: str) -> str:
    """The column that holds what one path leads to."""
    return column.partition("?")[0].partition(".")[0]


def part_of_address(address: object, name: str) -> str | None:
    """What an address or the name of a resource calls so, in any case: 7 of "…?name=7", "…#name=7" and "…/name/7"."""
    found = _part(name).search(address) if isinstance(address, str) else None
    return unquote(found[1]) if found else None


@lru_cache(maxsize=64)
def _part(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[?&#:/]){re.escape(name)}[=/]([^&#/?]+)", re.IGNORECASE)


def without(value: object, paths: list[list[str]]) -> object:
    """An object without what the paths lead to; None when nothing is left."""
    if [] in paths:
        return None
    if not paths:
        return value
    if isinstance(value, list):
        return [one for one in (without(each, paths) for each in value) if one is not None] or None
    if not isinstance(value, Mapping):
        return value
    kept = {name: without(one, [path[1:] for path in paths if path[0] == name]) for name, one in value.items()}
    return {name: one for name, one in kept.items() if one is not None} or None


def _below(value: object, name: str) -> object:
    if isinstance(value, (dict, Mapping)):  # asking for dict first is quick
        return value.get(name)
    if isinstance(value, list):
        found = [one for one in (_below(each, name) for each in value) if one is not None]
        return found[0] if len(found) == 1 else ", ".join(map(str, found)) or None
    return part_of_address(value, name[1:]) if name.startswith("?") else None
