"""What the errors of real servers mean for the work at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pymongo
import pytest
from bson.errors import InvalidDocument
from confluent_kafka import KafkaError, KafkaException

from connectors import clickhouse, kafka, mongo, postgres, redis
from connectors.fault_table import fault_of, is_infrastructure_error
from connectors.faults import Fault
from connectors.kafka import ConfirmingProducer, Outgoing, create_topics
from schemas.errors import InvalidReview, NotAllowed, PermanentError, TransientError, Unavailable, VersionConflict


def with_password(url: str, password: str) -> str:
    """The URL of somebody who mistyped."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username}:{password}@{host}"))


@contextmanager
def fault(expected: Fault) -> Iterator[None]:
    """What happens inside must fail, and mean this."""
    with pytest.raises(Exception) as caught:
        yield
    assert fault_of(caught.value) is expected, repr(caught.value)


class TestPostgres:
    @pytest.mark.parametrize(
        ("statement", "expected"),
        [
            ("SELECT * FROM no_such_table", Fault.FATAL),
            ("SELEC 1", Fault.FATAL),
            ("SELECT 'x'::integer", Fault.POISON),
            ("SELECT chr(0)", Fault.POISON),
            ("SET LOCAL statement_timeout = 1; SELECT pg_sleep(5)", Fault.TRANSIENT),
            ("SET TRANSACTION READ ONLY; CREATE TABLE t ()", Fault.TRANSIENT),
            ("SET ROLE pg_monitor; CREATE SCHEMA mine", Fault.FATAL),
        ],
    )
    def test_statements_that_fail(self, postgres_url: str, statement: str, expected: Fault) -> None:
        with psycopg.connect(postgres_url) as connection, fault(expected):
            connection.execute(statement.encode())

    def test_no_connection_in_time(self, postgres_url: str) -> None:
        wrong = psycopg.conninfo.make_conninfo(postgres_url, password="mistyped")
        with fault(Fault.TRANSIENT), postgres.open_pool(wrong, name="t", timeout=0.3) as pool, pool.connection():
            pass


class TestMongo:
    @pytest.fixture
    def collection(self, mongo_url: str) -> Iterator[Any]:
        client = mongo.connect(mongo_url)
        yield client["faults"][f"test_{uuid4().hex}"]
        client.close()

    def test_a_wrong_password_is_fatal(self, mongo_url: str) -> None:
        client = mongo.connect(with_password(mongo_url, "mistyped"))
        try:
            with fault(Fault.FATAL):
                client["faults"]["any"].insert_one({"_id": 1})
        finally:
            client.close()

    def test_a_document_that_cannot_be_is_poison(self, collection: Any) -> None:
        with fault(Fault.POISON):
            collection.insert_one({"_id": 1, "no": object()})

    def test_a_document_that_is_there_is_poison(self, collection: Any) -> None:
        collection.insert_one({"_id": 1})
        with fault(Fault.POISON):
            collection.insert_many([{"_id": 1}, {"_id": 2}], ordered=False)
        collection.drop()

    @pytest.mark.parametrize(
        ("code", "expected"), [(13, Fault.FATAL), (10107, Fault.TRANSIENT), (121, Fault.POISON)], ids=str
    )
    def test_the_codes_of_a_bulk_count(self, code: int, expected: Fault) -> None:
        error = pymongo.errors.BulkWriteError({"writeErrors": [{"code": 11000}, {"code": code}]})
        assert fault_of(error) is expected

    @pytest.mark.parametrize("code", [1, 8, 14031])
    def test_a_server_in_trouble_is_waited_for(self, code: int) -> None:
        assert fault_of(pymongo.errors.OperationFailure("internal server error", code)) is Fault.TRANSIENT

    def test_a_url_that_is_none(self) -> None:
        with fault(Fault.FATAL):
            mongo.connect("mongodb://:@:")


class TestClickHouse:
    def test_a_wrong_password_is_fatal(self, clickhouse_url: str) -> None:
        client = clickhouse.connect(with_password(clickhouse_url, "mistyped"))
        with fault(Fault.FATAL):
            client.execute("SELECT 1")

    @pytest.mark.parametrize(
        ("statement", "expected"),
        [
            ("SELECT 1 FROM no_such_table", Fault.FATAL),
            ("SELEC 1", Fault.FATAL),
            ("SELECT throwIf(1)", Fault.PERMANENT),
        ],
    )
    def test_statements_that_fail(self, clickhouse_url: str, statement: str, expected: Fault) -> None:
        client = clickhouse.connect(clickhouse_url)
        try:
            with fault(expected):
                client.execute(statement)
        finally:
            client.disconnect()


class TestRedis:
    def test_a_wrong_password_is_fatal_although_it_is_a_connection_error(self, redis_url: str) -> None:
        client = redis.connect(with_password(redis_url, "mistyped") if "@" in redis_url else redis_url)
        try:
            with fault(Fault.FATAL):
                client.ping()
        finally:
            client.close()

    @pytest.mark.parametrize(
        ("call", "expected"),
        [
            (lambda client: client.set("k", object()), Fault.POISON),
            (lambda client: client.execute_command("NO-SUCH-COMMAND"), Fault.PERMANENT),
        ],
        ids=["data", "command"],
    )
    def test_calls_that_fail(self, redis_url: str, call: Callable[[Any], object], expected: Fault) -> None:
        client = redis.connect(redis_url)
        try:
            with fault(expected):
                call(client)
        finally:
            client.close()


class TestKafka:
    def test_what_the_broker_finds_too_large_is_not_tried_again(self, kafka_bootstrap: str) -> None:
        topic = f"faults-{uuid4().hex}"
        create_topics(kafka_bootstrap, {topic: 1}, config={"max.message.bytes": "1000"})
        producer = ConfirmingProducer(kafka_bootstrap)
        with pytest.raises(PermanentError, match="refuses a message: MSG_SIZE_TOO_LARGE"):
            producer.send([Outgoing(topic, b"k", bytes(5000))])
        assert producer.send([Outgoing(topic, b"k", b"small")])

    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            (KafkaError._AUTHENTICATION, Fault.FATAL),
            (KafkaError.TOPIC_AUTHORIZATION_FAILED, Fault.FATAL),
            (KafkaError.MSG_SIZE_TOO_LARGE, Fault.POISON),
            (KafkaError.NOT_LEADER_FOR_PARTITION, Fault.TRANSIENT),
        ],
    )
    def test_codes(self, code: int, expected: Fault) -> None:
        assert fault_of(KafkaException(KafkaError(code))) is expected
        assert (
            kafka._meaning(KafkaError(code))
            is {
                Fault.FATAL: Unavailable,
                Fault.POISON: PermanentError,
                Fault.TRANSIENT: TransientError,
            }[expected]
        )


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TransientError("later"), Fault.TRANSIENT),
        (VersionConflict("moved"), Fault.TRANSIENT),
        (TimeoutError(), Fault.TRANSIENT),
        (Unavailable("no model"), Fault.FATAL),
        (NotAllowed("not now"), Fault.PERMANENT),
        (InvalidReview("bad"), Fault.POISON),
        (InvalidDocument("bad"), Fault.POISON),
        (ValueError("whatever"), Fault.PERMANENT),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value.value,
)
def test_our_own_and_unknown_errors(error: Exception, expected: Fault) -> None:
    assert fault_of(error) is expected
    assert is_infrastructure_error(error) is (expected in {Fault.TRANSIENT, Fault.FATAL})
