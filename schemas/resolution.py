"""Which schema can read what another one wrote: Apache Avro's own rules, and what they leave open.

The rules of `avro.compatibility` do not look at logical types (a timestamp in milliseconds passes for one in
microseconds), and of a change within a union they say only that a branch is missing. So each named type is compared by
itself, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import avro.compatibility
import avro.name
import avro.schema

from schemas.fields import Source, fields, logical_types, named

Found = tuple[str, str, str]
"""(rule, path of the field or of the place in the schema, why)"""


def unreadable(reader: Source, writer: Source) -> set[Found]:
    """Why the reader cannot read what the writer wrote; empty when it can."""
    return {*_by_apache(reader, writer), *_logical(reader, writer)}


def _by_apache(reader: Source, writer: Source) -> Iterator[Found]:
    new, new_types = _parsed(reader)
    old, old_types = _parsed(writer)
    common = [(new_types[name], old_types[name]) for name in new_types.keys() & old_types.keys()]
    for one, other in [(new, old), *common]:
        result = _checker().get_compatibility(one, other)
        for rule in result.incompatibilities:
            # The library joins messages and places of all that it found: with several, each shows them all.
            places = sorted({_place(one, pointer) for pointer in result.locations - {"/"}})
            yield rule.value, ", ".join(places), "; ".join(sorted(result.messages))


def _place(kind: Any, pointer: str) -> str:
    """The field that a JSON pointer leads to, as Record.field."""
    steps = pointer.strip("/").split("/")
    return f"{kind.name}.{kind.fields[int(steps[1])].name}" if steps[0] == "fields" else str(kind.name)


def _checker() -> Any:
    """A new one each time: it remembers, by the ids of objects, what it has compared."""
    new: Callable[[], Any] = avro.compatibility.ReaderWriterCompatibilityChecker
    return new()


def _logical(reader: Source, writer: Source) -> Iterator[Found]:
    new, old = fields(reader), fields(writer)
    for path in new.keys() & old.keys():
        now = logical_types(new[path]["type"], named(reader))
        before = logical_types(old[path]["type"], named(writer))
        if now != before:
            yield "logical_type_changed", path, f"{_said(before)} became {_said(now)}: take a new field for it"


def _said(types: frozenset[str]) -> str:
    return " or ".join(sorted(types)) or "a plain value"


def _parsed(source: Source) -> tuple[Any, dict[str, Any]]:
    """The schema and all its named types. Logical types are compared above, and the library warns of those unknown to it."""
    names = avro.name.Names()
    return avro.schema.make_avsc_object(_plain(source), names), names.names


def _plain(kind: Any) -> Any:
    if isinstance(kind, list):
        return [_plain(each) for each in kind]
    if isinstance(kind, dict):
        return {key: v if key == "default" else _plain(v) for key, v in kind.items() if key != "logicalType"}
    return kind
