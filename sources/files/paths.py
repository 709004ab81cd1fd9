"""Columns within a record: a dot descends into objects and lists, a plus joins columns."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping


def value_at(record: Mapping[str, object], column: str) -> object:
    """The value of `column`; None when there is none. Of a list of objects: its values, joined by commas if several."""
    return record[column] if column in record else below(record, column.split("."))


def below(value: object, path: Iterable[str]) -> object:
    """What the path leads to; None when there is nothing."""
    for part in path:
        value = _below(value, part)
    return value


def parts_of(record: Container[str], column: str) -> list[str]:
    """The columns that "a+b" joins, unless one is called so."""
    return [column] if column in record else [part.strip() for part in column.split("+")]


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
    return None
