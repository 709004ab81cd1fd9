"""docs/asyncapi.json is a document of AsyncAPI 3 and tells of every public topic and contract."""

from __future__ import annotations

import copy
import json
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fastavro
import pytest

from schemas.registry import contracts
from schemas.tools.golden import example
from streams.topics import all_topics

DOCUMENT: dict[str, Any] = json.loads((Path(__file__).parents[2] / "docs/asyncapi.json").read_text())
PUBLIC = {topic for topic in all_topics(1) if not topic.startswith("steps.")}


def validate(document: Any) -> None:
    """Raises ValueError for what the specification of AsyncAPI 3.0 does not have."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package's own models warn when they are made
        from asyncapi3 import AsyncAPI3
    AsyncAPI3.model_validate(document)


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def test_it_is_a_document_of_asyncapi_3() -> None:
    validate(DOCUMENT)


MISTAKES: dict[str, Callable[[Any], object]] = {
    "no info": lambda document: document.pop("info"),
    "another action": lambda document: document["operations"]["send_reviews_collected"].update(action="publish"),
    "no channel": lambda document: document["operations"]["send_reviews_collected"].pop("channel"),
    "an unknown key": lambda document: document["channels"]["reviews_collected"].update(topic="x"),
    "a wrong binding": lambda document: document["channels"]["reviews_collected"]["bindings"]["kafka"].update(partitions="x"),
    "an example of nothing": lambda document: document["components"]["messages"]["review_collected_v1"].update(
        examples=[{"x": 1}]),
    "version 2": lambda document: document.update(asyncapi="2.6.0"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_would_be_noticed(mistake: Callable[[Any], object]) -> None:
    document = copy.deepcopy(DOCUMENT)
    mistake(document)
    with pytest.raises(ValueError):
        validate(document)


def test_every_reference_leads_somewhere() -> None:
    found = list(references(DOCUMENT))
    assert len(found) > len(PUBLIC)
    for reference in found:
        place = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_every_public_topic_is_a_channel_with_one_operation() -> None:
    assert {channel["address"] for channel in DOCUMENT["channels"].values()} == PUBLIC
    received = {name for name, operation in DOCUMENT["operations"].items() if operation["action"] == "receive"}
    assert received == {"receive_reviews_inbound"}
    assert len(DOCUMENT["operations"]) == len(PUBLIC)


def test_every_public_contract_is_a_message_with_its_id_schema_and_example() -> None:
    messages = {
        each["x-schema-id"]: each for each in DOCUMENT["components"]["messages"].values() if "x-schema-id" in each
    }
    public = [each for each in contracts().values() if each.topic != "step.batch"]
    assert sorted(messages) == sorted(each.id for each in public)
    for contract in public:
        message = messages[contract.id]
        assert message["payload"]["schema"] == contract.source
        assert fastavro.parse_schema(message["payload"]["schema"], named_schemas={}) == contract.parsed
        assert message["examples"][0]["payload"] == example(contract)
