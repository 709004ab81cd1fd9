"""Publishers with schemas of their own in the registry: what resolves to inbound.review is accepted."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import fastavro
import pytest
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient

from connectors.schema_registry import SchemaRegistry, connect
from schemas import foreign as module
from schemas.cloudevents import AVRO, INBOUND_TYPE, InboundItem, parse
from schemas.codec import encode
from schemas.errors import TransientError
from schemas.foreign import Foreign
from schemas.messages import InboundReview
from tests.registry.server import Registry

HEADERS = [("content-type", AVRO.encode())] + [
    (f"ce_{name}", value.encode())
    for name, value in {"specversion": "1.0", "id": "1", "source": "/t", "type": INBOUND_TYPE, "tenantid": "t"}.items()
]
REVIEW = {"source": "harbour", "content": "Cold.", "published_at": "2026-02-01"}
OWN = {
    "type": "record",
    "name": "InboundReview",
    "namespace": "com.example",
    "fields": [
        {"name": "table", "type": "int"},
        {"name": "rating", "type": "int"},
        *({"name": name, "type": "string"} for name in REVIEW),
    ],
}


class Publisher:
    """Somebody who registers a schema and writes with it. Ours are pinned up to 9,999, so his ids are higher."""

    def __init__(self) -> None:
        self.client = SchemaRegistryClient.new_client({"url": "mock://test"})
        self.client._store.max_id = 9_999
        self.asked: list[int] = []
        self.foreign = Foreign(self._look_up)

    def _look_up(self, schema_id: int) -> Any:
        self.asked.append(schema_id)
        return SchemaRegistry(self.client).schema(schema_id)

    def write(self, schema: Any, record: dict[str, Any]) -> bytes:
        given = self.client.register_schema("reviews.inbound-value", Schema(json.dumps(schema), "AVRO"))
        body = io.BytesIO()
        fastavro.schemaless_writer(body, fastavro.parse_schema(schema, named_schemas={}), record)
        return b"\0" + given.to_bytes(4, "big") + body.getvalue()

    def item(self, data: bytes) -> InboundItem:
        (item,) = parse(HEADERS, data, self.foreign)
        return item


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    one = Publisher()
    yield one
    one.client.close()


def test_what_resolves_is_read_as_the_contract_has_it(publisher: Publisher) -> None:
    item = publisher.item(publisher.write(OWN, {**REVIEW, "rating": 4, "table": 7}))
    assert item.problem is None
    assert item.data == {
        **dict.fromkeys(("external_id", "title", "best_rating", "worst_rating", "author_name", "author_id", "language", "url")),
        **REVIEW, "platform": "", "metadata": {}, "rating": 4.0,
    }  # fmt: skip


def test_a_schema_is_asked_for_once(publisher: Publisher) -> None:
    for rating in range(3):
        assert publisher.item(publisher.write(OWN, {**REVIEW, "rating": rating, "table": 7})).problem is None
    assert publisher.asked == [10_000]


def test_pinned_ids_are_never_asked_for(publisher: Publisher) -> None:
    assert publisher.item(encode(InboundReview(**REVIEW))).problem is None
    assert publisher.item(b"\0\0\0\0\x01").problem.reason == "wrong_schema"  # type: ignore[union-attr]
    assert publisher.asked == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ([{"name": "source", "type": "string"}], "reader_field_missing_default_value at InboundReview.published_at"),
        (
            [{"name": name, "type": "string"} for name in (*REVIEW, "rating")],
            "missing_union_branch at InboundReview.rating",
        ),
    ],
)
def test_what_does_not_resolve_is_refused_with_the_rule(publisher: Publisher, fields: Any, said: str) -> None:
    record = {field["name"]: "secret text" for field in fields}
    problem = publisher.item(publisher.write({**OWN, "fields": fields}, record)).problem
    assert problem is not None
    assert (problem.reason, said in str(problem), "secret text" in str(problem)) == ("wrong_schema", True, False)


def test_another_name_does_not_resolve(publisher: Publisher) -> None:
    problem = publisher.item(publisher.write({**OWN, "name": "Opinion"}, {**REVIEW, "rating": 4, "table": 7})).problem
    assert problem is not None
    assert "name_mismatch at InboundReview" in str(problem)


@pytest.mark.parametrize("change", [lambda data: data[:-3], lambda data: data + b"x"], ids=["cut", "more"])
def test_bytes_that_are_something_else_are_refused(publisher: Publisher, change: Any) -> None:
    problem = publisher.item(change(publisher.write(OWN, {**REVIEW, "rating": 4, "table": 7}))).problem
    assert problem is not None
    assert problem.reason == "avro"


def test_an_id_that_nobody_knows_is_asked_for_again_after_a_while(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = publisher.write(OWN, {**REVIEW, "rating": 4, "table": 7})
    unknown = later[:1] + (10_001).to_bytes(4, "big") + later[5:]
    for _ in range(3):
        problem = publisher.item(unknown).problem
        assert problem is not None
        assert (problem.reason, "nor known to the schema registry" in str(problem)) == ("unknown_schema", True)
    assert publisher.asked == [10_001]
    publisher.write({**OWN, "doc": "Registered too late."}, {**REVIEW, "rating": 4, "table": 7})
    monkeypatch.setattr(module, "FORGET_AFTER", 0.0)
    assert publisher.item(unknown).problem is None


def test_ids_that_are_made_up_do_not_fill_the_memory(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 5)
    for schema_id in range(20_000, 20_050):
        publisher.item(b"\0" + schema_id.to_bytes(4, "big") + b"body")
    assert len(publisher.foreign._refused) <= 5


def test_a_registry_that_is_away_is_no_fault_of_the_message(server: Registry) -> None:
    registry = connect(server.url)
    server.failing = 503
    with pytest.raises(TransientError):
        parse(HEADERS, b"\0" + (20_000).to_bytes(4, "big") + b"body", Foreign(registry.schema))
    registry.close()


def test_without_a_registry_a_foreign_id_is_a_problem_as_before() -> None:
    (item,) = parse(HEADERS, b"\0" + (20_000).to_bytes(4, "big") + b"body")
    assert item.problem is not None
    assert "not pinned" in str(item.problem)
