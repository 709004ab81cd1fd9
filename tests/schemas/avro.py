"""Reading .avsc files in tests: their fields, and their records beside the dataclasses that stand for them."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterator, Mapping
from typing import Any, Union, get_args, get_origin, get_type_hints

Field = Mapping[str, Any]


def fields_below(schema: Any, path: str = "") -> Iterator[tuple[str, Field]]:
    """Every field of a contract and of the records within it, by its dotted path."""
    if isinstance(schema, list):
        for branch in schema:
            yield from fields_below(branch, path)
    elif isinstance(schema, dict) and schema["type"] == "record":
        for field in schema["fields"]:
            here = f"{path}.{field['name']}" if path else field["name"]
            yield here, field
            yield from fields_below(field["type"], here)
    elif isinstance(schema, dict):
        yield from fields_below(schema.get("items", schema.get("values")), path)


def named(schema: Any, found: dict[str, Any] | None = None) -> dict[str, Any]:
    """Every named type that a contract defines, by its short name."""
    found = {} if found is None else found
    if isinstance(schema, list):
        for branch in schema:
            named(branch, found)
    elif isinstance(schema, dict):
        if "name" in schema:
            found[schema["name"]] = schema
        for field in schema.get("fields", []):
            named(field["type"], found)
        for inner in ("items", "values"):
            named(schema.get(inner), found)
    return found


def pairs(schema: Any, cls: type) -> Iterator[tuple[Any, type]]:
    """(record, dataclass) for a contract and everything nested in both."""
    defined = named(schema)

    def walk(record: Any, kind: type) -> Iterator[tuple[Any, type]]:
        yield record, kind
        hints = get_type_hints(kind)
        for field in record["fields"]:
            nested = dataclass_in(hints.get(field["name"]))
            if nested is not None:
                yield from walk(_record_in(field["type"], defined), nested)

    return walk(schema, cls)


def dataclass_in(hint: Any) -> type | None:
    """The dataclass within an annotation, through unions and tuples."""
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return hint
    return next((found for arg in get_args(hint) if (found := dataclass_in(arg)) is not None), None)


def may_be_none(hint: Any) -> bool:
    """Whether an annotation allows None."""
    return get_origin(hint) in {Union, types.UnionType} and type(None) in get_args(hint)


def _record_in(kind: Any, defined: Mapping[str, Any]) -> Any:
    if isinstance(kind, str):
        return defined.get(kind.rpartition(".")[2])
    if isinstance(kind, list):
        return next(found for branch in kind if (found := _record_in(branch, defined)) is not None)
    return kind if kind["type"] == "record" else _record_in(kind.get("items"), defined)
