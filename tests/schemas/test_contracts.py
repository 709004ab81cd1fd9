"""The typed classes equal the committed contracts."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest

from nlp.model import Label
from schemas.codec import classes
from schemas.events import review as events
from schemas.registry import contracts, newest
from tests.schemas.avro import dataclass_in, fields_below, may_be_none, named, pairs
from tests.schemas.strategies import LABELS

TOPICS = sorted(classes())
# The contract gives readers of other languages a default; our own code always says these.
SAID_BY_US = {
    "Contribution.score",
    "Contribution.rating",
    "DeadLetter.headers",
    "Entity.sentiment",
    "SentimentAnalyzed.score",
}
AVRO_TYPES = {
    str: ["string"],
    int: ["int", "long"],
    bool: ["boolean"],
    bytes: ["bytes"],
    float: ["double"],
    UUID: [{"type": "fixed", "name": "Id", "size": 16, "doc": "A UUID's bytes."}, "reviewstream.Id"],
    date: [{"type": "int", "logicalType": "date"}],
    datetime: [{"type": "long", "logicalType": "timestamp-micros"}],
}


def each_record() -> list[Any]:
    """Every distinct (record, dataclass) of all contracts, named for the test report."""
    found = [pair for topic in TOPICS for pair in pairs(newest(topic).source, classes()[topic])]
    return [pytest.param(record, cls, id=f"{record['name']}-{number}") for number, (record, cls) in enumerate(found)]


RECORDS = each_record()


def test_every_contract_has_a_class_and_every_class_a_contract():
    assert {contract.topic for contract in contracts().values()} == set(classes())


def test_every_event_of_a_review_is_part_of_the_union():
    in_union = {cls.TOPIC for cls in get_args(events.ReviewEvent)}
    assert in_union == {topic for topic in TOPICS if newest(topic).routing.aggregate == "review"}


@pytest.mark.parametrize(("record", "cls"), RECORDS)
def test_record_and_class_have_the_same_name_and_fields(record, cls):
    assert record["name"] == cls.__name__
    assert sorted(field["name"] for field in record["fields"]) == sorted(f.name for f in dataclasses.fields(cls))


@pytest.mark.parametrize(("record", "cls"), RECORDS)
def test_types_are_the_same(record, cls):
    hints = get_type_hints(cls)
    for field in record["fields"]:
        assert _same(field["type"], hints[field["name"]]), field["name"]


@pytest.mark.parametrize(("record", "cls"), RECORDS)
def test_defaults_are_the_same(record, cls):
    for field in dataclasses.fields(cls):
        avro = next(f for f in record["fields"] if f["name"] == field.name)
        name = f"{cls.__name__}.{field.name}"
        if _default(field) is dataclasses.MISSING:
            assert ("default" in avro) == (name in SAID_BY_US), name
        else:
            assert avro["default"] == _default(field), name


@pytest.mark.parametrize("topic", TOPICS)
def test_every_record_and_field_is_documented(topic):
    source = newest(topic).source
    for name, kind in named(source).items():
        assert kind["type"] == "enum" or kind["doc"].strip(), name
    for path, field in fields_below(source):
        assert field.get("doc", "").strip(), path


def test_the_only_enum_has_the_analyzers_labels():
    enums = {name: kind for topic in TOPICS for name, kind in named(newest(topic).source).items() if "symbols" in kind}
    assert list(enums) == ["SentimentLabel"]
    assert tuple(enums["SentimentLabel"]["symbols"]) == LABELS == get_args(Label)


def _default(field: Any) -> Any:
    value = field.default if field.default_factory is dataclasses.MISSING else field.default_factory()
    return list(value) if isinstance(value, tuple) else value


def _same(avro: Any, hint: Any) -> bool:
    if isinstance(avro, list):
        others = [branch for branch in avro if branch != "null"]
        inner = [arg for arg in get_args(hint) if arg is not type(None)]
        return avro[0] == "null" and may_be_none(hint) and len(others) == len(inner) == 1 and _same(others[0], inner[0])
    if get_origin(hint) is tuple:
        return avro["type"] == "array" and _same(avro["items"], get_args(hint)[0])
    if get_origin(hint) is Mapping:
        return avro == {"type": "map", "values": "string"} and get_args(hint) == (str, str)
    if dataclass_in(hint) is hint:
        return (avro if isinstance(avro, str) else avro["name"]).rpartition(".")[2] == hint.__name__
    if isinstance(avro, dict) and avro["type"] == "enum":
        return hint is str
    return avro in AVRO_TYPES[hint]
