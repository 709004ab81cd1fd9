"""Contracts are registered under their pinned ids, so that the bytes on topics mean the same to everybody."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

from connectors.schema_registry import SchemaRegistry, connect
from operations.migrate.contracts import Contracts
from operations.schema_registration import RESERVED, RESERVED_SUBJECT, register, registration_states, subjects
from reviewstream.bootstrap import Bootstrap
from reviewstream.settings import load
from schemas.errors import InvalidInput, PermanentError, TransientError, Unavailable
from schemas.registry import contract, contracts
from schemas.tools.golden import golden, plain
from streams.topics import all_topics
from tests.registry.server import PASSWORD, Registry


def test_every_contract_stands_under_its_id_and_topic(server: Registry, registry: SchemaRegistry) -> None:
    done = register(registry)
    assert {each.state for each in done} == {"registered"}
    assert {each: json.loads(server.schemas[each]) for each in contracts()} == {
        each.id: each.source for each in contracts().values()
    }
    assert set(server.subjects) == {f"{topic}-value" for topic in all_topics(1)} | {RESERVED_SUBJECT}
    assert server.subjects["reviews.reprocessing_requested-value"] == {1: 12, 2: 17}
    assert set(server.levels.values()) == {"BACKWARD_TRANSITIVE"}
    assert set(server.levels) == set(server.subjects)
    assert set(server.modes.values()) == {"READWRITE"}, "a subject is left open for given ids"


def test_registering_again_changes_nothing(server: Registry, registry: SchemaRegistry) -> None:
    assert {each.state for each in registration_states(registry)} == {"missing"}
    assert server.subjects == {}, "to look must not register"
    register(registry)
    before = (dict(server.schemas), json.dumps(server.subjects))
    again = connect(server.url)
    assert (
        {each.state for each in register(again)} == {"standing"} == {each.state for each in registration_states(again)}
    )
    assert (dict(server.schemas), json.dumps(server.subjects)) == before
    again.close()


def test_a_later_release_adds_its_version(server: Registry, registry: SchemaRegistry) -> None:
    register(registry)
    del server.schemas[17], server.subjects["reviews.reprocessing_requested-value"][2]
    new = connect(server.url)
    assert [(each.id, each.version) for each in register(new) if each.state == "registered"] == [(17, 2)]
    new.close()


def test_a_publishers_own_schemas_get_ids_that_we_shall_never_pin(server: Registry, registry: SchemaRegistry) -> None:
    register(registry)
    status, given = server.register("reviews.inbound-value", {"schema": '"string"'})
    assert (status, given["id"] > RESERVED) == (200, True)
    assert max(contracts()) <= RESERVED


@pytest.mark.parametrize("schema", ['{"type": "record", "name": "Payment", "fields": []}', "message Payment {}"])
def test_an_id_that_somebody_else_has_is_not_taken_from_him(
    server: Registry, registry: SchemaRegistry, schema: str
) -> None:
    server.register("payments-value", {"schema": schema})
    with pytest.raises(InvalidInput, match=r"another schema has id 1 .*/contexts/\.reviewstream"):
        register(registry)
    assert list(server.subjects) == ["payments-value"]


def test_a_registry_that_gives_ids_of_its_own_is_refused(server: Registry, registry: SchemaRegistry) -> None:
    server.imports = False
    server.register("payments-value", {"schema": '{"type": "record", "name": "Payment", "fields": []}'})
    server.schemas[40] = server.schemas.pop(1)
    with pytest.raises(PermanentError, match="gave it id 41 and not 1"):
        register(registry)
    assert set(server.modes.values()) == {"READWRITE"}


@pytest.mark.parametrize(("status", "kind"), [(401, Unavailable), (403, Unavailable), (500, TransientError)])
def test_trouble_says_what_the_registry_says_and_no_secret(
    server: Registry, registry: SchemaRegistry, status: int, kind: type[Exception]
) -> None:
    server.failing = status
    with pytest.raises(kind, match="out of order") as caught:
        register(registry)
    assert not shown(str(caught.value))


def test_a_registry_that_does_not_answer_is_waited_for() -> None:
    away = connect("http://127.0.0.1:9")
    with pytest.raises(TransientError, match="no answer"):
        away.schema(1)
    away.close()


def test_another_form_of_url_is_refused_without_showing_it(server: Registry) -> None:
    with pytest.raises(InvalidInput, match="REVIEWSTREAM_SCHEMA_REGISTRY_URL: begin it with https://") as caught:
        connect(server.url.replace("http", "kafka"))
    assert not shown(str(caught.value))


def test_confluents_own_deserializer_reads_what_we_publish(server: Registry, registry: SchemaRegistry) -> None:
    """A consumer who knows nothing but the registry."""
    register(registry)
    with SchemaRegistryClient({"url": server.url}) as client:
        read = AvroDeserializer(client)
        for found in contracts().values():
            topic = subjects(found)[0].removesuffix("-value")
            value = read(bytes.fromhex(golden(found)["bytes"]), SerializationContext(topic, MessageField.VALUE))
            assert plain(value) == golden(found)["reads"][str(found.version)], found.name


def test_confluents_mock_is_looked_up_like_any_registry() -> None:
    client = SchemaRegistryClient.new_client({"url": "mock://test"})
    given = client.register_schema("reviews.inbound-value", Schema(json.dumps(contract(13).source), "AVRO"))
    assert SchemaRegistry(client).schema(given) == contract(13).source
    assert SchemaRegistry(client).schema(given + 1) is None
    client.close()


def test_a_schema_that_is_no_avro_record_is_named() -> None:
    client = SchemaRegistryClient.new_client({"url": "mock://test"})
    registry = SchemaRegistry(client)
    for schema in (Schema('{"type": "object"}', "JSON"), Schema('"string"', "AVRO"), Schema("string", "AVRO")):
        given = client.register_schema("other", schema)
        with pytest.raises(InvalidInput, match=f"schema {given} in the registry is not a self-contained Avro record"):
            registry.schema(given)
    client.close()


def test_workers_and_setup_use_the_registry_that_is_set(server: Registry) -> None:
    settings = load(schema_registry_url=server.url)
    with Bootstrap(settings, process="test") as parts:
        Contracts(parts.registry).apply_missing()
    assert len(server.schemas) == len(contracts()) + 1
    for given, reads_foreign in ((settings, True), (load(), False)):
        with Bootstrap(given, process="test") as root:
            root.__dict__.update(dict.fromkeys(("reviews", "ledger")))
            root.saga.__dict__.update(dict.fromkeys(("directory", "dead_letter_producer")))
            assert (root.saga.collect("topic")._foreign is not None) is reads_foreign


def test_the_url_is_a_secret(server: Registry) -> None:
    assert not shown(repr(load(schema_registry_url=server.url)))


def shown(text: str) -> bool:
    return PASSWORD in text or quote(PASSWORD, safe="") in text
