"""A contract's fields by dotted path, through records, unions, arrays, maps and types that are named elsewhere in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Source = Mapping[str, Any]


def fields(source: Source) -> dict[str, Source]:
    """Every field by its path, for example `entities.mentions.start`. A record within itself is not entered again."""
    return dict(_below(source, "", named(source), ()))


def named(kind: Any) -> dict[str, Source]:
    """Every type that is defined there, by its full name, and by its short one, as references may have it."""
    found: dict[str, Source] = {}
    for space, each in _definitions(kind, ""):
        found[each["name"]] = found[f"{space}.{each['name']}".lstrip(".")] = each
    return found


def logical_types(kind: Any, types: Mapping[str, Source]) -> frozenset[str]:
    """How values of a field are meant, for example timestamp-micros; what its records' fields mean is theirs to say."""
    if isinstance(kind, str):
        return logical_types(types[kind], types) if kind in types else frozenset()
    if isinstance(kind, list):
        return frozenset().union(*(logical_types(each, types) for each in kind))
    own = frozenset({kind["logicalType"]} if "logicalType" in kind else ())
    return own.union(*(logical_types(kind[inner], types) for inner in ("items", "values") if inner in kind))


def _below(kind: Any, path: str, types: Mapping[str, Source], within: tuple[str, ...]) -> Iterator[tuple[str, Source]]:
    if isinstance(kind, str):
        if kind in types and kind not in within:
            yield from _below(types[kind], path, types, (*within, kind))
    elif isinstance(kind, list):
        for branch in kind:
            yield from _below(branch, path, types, within)
    elif kind["type"] == "record":
        for field in kind["fields"]:
            here = f"{path}.{field['name']}" if path else field["name"]
            yield here, field
            yield from _below(field["type"], here, types, within)
    else:
        for inner in ("items", "values"):
            if inner in kind:
                yield from _below(kind[inner], path, types, within)


def _definitions(kind: Any, space: str) -> Iterator[tuple[str, Source]]:
    """(namespace, type): one that names none is in that of the type around it."""
    if isinstance(kind, list):
        for each in kind:
            yield from _definitions(each, space)
    elif isinstance(kind, dict):
        space = kind.get("namespace", space)
        if "name" in kind:
            yield space, kind
        yield from _definitions([field["type"] for field in kind.get("fields", [])], space)
        yield from _definitions([kind[inner] for inner in ("items", "values") if inner in kind], space)
