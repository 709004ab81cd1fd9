"""Tables as topics: what is on the list comes, and nothing else leaves its database."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from confluent_kafka import Message

from connectors.kafka import bootstrap
from debezium.captures import RAW_REVIEWS, TENANTS
from services.tenancy.tenants import Tenants
from tests.debezium.conftest import World
from tests.debezium.reading import Reader

SECRET = "s3cret-of-a-tenant"


def changes(messages: list[Message]) -> list[tuple[str, str, Any]]:
    """(key, operation, row after) of each."""
    found = []
    for message in messages:
        value = json.loads(message.value())
        found.append((message.key().decode(), value["op"], value["after"]))
    return found


def test_tenants_come_with_the_listed_columns_and_nothing_else(world: Callable[..., World]) -> None:
    here = world()
    tenants: Tenants = here.parts.tenants
    old = tenants.create("old", name="Jane Example", settings={"token": SECRET})
    assert here.capturing.register("tenants").runs
    reader = Reader(bootstrap(here.kafka), [f"{here.label}cdc.tenancy.tenants"])
    assert len(reader.until(1)) == 1
    new = tenants.create("new", name="John Example", settings={"token": SECRET})
    assert len(reader.until(2)) == 2
    tenants.change_settings("new", {"token": SECRET * 2})
    found = changes(reader.until(3))
    assert [(key, op) for key, op, _ in found] == [(str(old.id), "r"), (str(new.id), "c"), (str(new.id), "u")]
    for _, _, after in found:
        assert after.keys() == set(TENANTS.tables["tenants"])
    for message in reader.found:
        assert SECRET.encode() not in message.value()
        assert b"Example" not in message.value()

    here.capturing.snapshot("tenants")
    again = changes(reader.until(5))[3:]
    assert sorted(after["slug"] for _, op, after in again if op == "r") == ["new", "old"]


def test_registering_again_changes_nothing_and_goes_on(world: Callable[..., World]) -> None:
    here = world()
    first = here.capturing.register("tenants")
    second = here.capturing.register("tenants")
    assert first.runs
    assert second.runs
    assert first.slot is not None
    assert second.slot is not None
    assert first.slot.slot_name == second.slot.slot_name
    made = here.parts.tenants.create("blue-harbour")
    reader = Reader(bootstrap(here.kafka), [f"{here.label}cdc.tenancy.tenants"])
    assert [(key, op) for key, op, _ in changes(reader.until(1))] == [(str(made.id), "c")]


@pytest.mark.long
def test_raw_reviews_come_without_their_words_and_people(world: Callable[..., World], mongo_url: str) -> None:
    here = world(mongo_url=mongo_url, mongo_database=f"collection{id(object())}")
    raw = here.parts.raw_reviews
    review = {
        "review_id": "r-1", "tenant_id": "t-1", "source_id": "shop", "platform": "web", "external_id": "x", "revision": 1,
        "author": {"name": "Jane Example", "id": "9"}, "title": "Example", "content": "Example words", "rating": 2.5,
        "year_month": "2026-03", "metadata": [{"name": "a", "value": "Example"}],
    }  # fmt: skip
    before = raw.insert_one(dict(review)).inserted_id
    assert here.capturing.register("raw_reviews").runs
    reader = Reader(bootstrap(here.kafka), [f"{here.label}cdc.collection.raw_reviews"])
    assert len(reader.until(1)) == 1
    after = raw.insert_one({**review, "review_id": "r-2"}).inserted_id
    assert len(reader.until(2)) == 2
    raw.replace_one({"_id": after}, {**review, "review_id": "r-2", "revision": 2})
    messages = reader.until(3)
    found = [(message.key().decode(), json.loads(message.value())) for message in messages]
    assert [(key, row["review_id"], row["revision"]) for key, row in found] == [
        (str(before), "r-1", 1),
        (str(after), "r-2", 1),
        (str(after), "r-2", 2),
    ]
    for _, row in found:
        assert row.keys() <= set(RAW_REVIEWS.tables["raw_reviews"])
    assert not [message for message in messages if b"Example" in message.value()]
    raw.delete_one({"_id": after})
    assert reader.until(4)[3].value() is None
    here.capturing.remove("raw_reviews")
    here.parts.mongo.drop_database(here.parts.settings.mongo_database)
