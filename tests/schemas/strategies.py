"""Hypothesis strategies for every typed event and message, derived from its annotations."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from hypothesis import strategies as st

from schemas.codec import classes
from schemas.events.review import SentimentAnalyzed
from schemas.fields import named
from schemas.registry import contract

LABELS = ("positive", "neutral", "negative", "undetermined")
INT = st.integers(-(2**31), 2**31 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: INT,
    bool: st.booleans(),
    bytes: st.binary(max_size=50),
    float: st.floats(allow_nan=False, allow_infinity=False),
    UUID: st.uuids(),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
}
PRIMITIVE: dict[str, st.SearchStrategy[Any]] = {
    "null": st.none(),
    "string": TEXT,
    "int": INT,
    "long": st.integers(-(2**63), 2**63 - 1),
    "boolean": st.booleans(),
    "bytes": SIMPLE[bytes],
    "double": SIMPLE[float],
    "float": st.floats(allow_nan=False, allow_infinity=False, width=32),
}
LOGICAL = {"date": SIMPLE[date], "timestamp-micros": SIMPLE[datetime]}


@cache
def instances(cls: type) -> st.SearchStrategy[Any]:
    """Instances of a dataclass with anything that its annotations allow."""
    hints = get_type_hints(cls)
    fields = {field.name: values(hints[field.name]) for field in dataclasses.fields(cls)}
    if cls is SentimentAnalyzed:
        fields["label"] = st.sampled_from(LABELS)  # the contract has an enum there
    return st.builds(cls, **fields)


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type as annotations write it."""
    if dataclasses.is_dataclass(hint):
        return instances(hint)
    origin, args = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return st.one_of(*map(values, args))
    if origin is tuple:
        return st.lists(values(args[0]), max_size=3).map(tuple)
    if origin is Mapping:
        return st.dictionaries(values(args[0]), values(args[1]), max_size=3)
    return st.none() if hint is type(None) else SIMPLE[hint]


@cache
def records(schema_id: int) -> st.SearchStrategy[dict[str, Any]]:
    """Plain records as the contract with that id has them, whether it is the newest or not."""
    source = contract(schema_id).source
    found: st.SearchStrategy[dict[str, Any]] = written(source, named(source))
    return found


def written(kind: Any, types: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Values of an Avro type as fastavro writes and reads them."""
    if isinstance(kind, list):
        return st.one_of(*(written(each, types) for each in kind))
    if isinstance(kind, str):
        return written(types[kind], types) if kind in types else PRIMITIVE[kind]
    if "logicalType" in kind:
        return LOGICAL[kind["logicalType"]]
    match kind["type"]:
        case "record":
            return st.fixed_dictionaries({each["name"]: written(each["type"], types) for each in kind["fields"]})
        case "array":
            return st.lists(written(kind["items"], types), max_size=3)
        case "map":
            return st.dictionaries(TEXT, written(kind["values"], types), max_size=3)
        case "enum":
            return st.sampled_from(kind["symbols"])
    return st.binary(min_size=kind["size"], max_size=kind["size"])


def anything() -> st.SearchStrategy[Any]:
    """An instance of any event or message."""
    return st.sampled_from(sorted(classes())).flatmap(lambda topic: instances(classes()[topic]))
