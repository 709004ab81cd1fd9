"""The connectors, each against the real server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest
from clickhouse_driver.errors import ServerException
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient
from psycopg_pool import PoolTimeout

from connectors import clickhouse, mongo, postgres, redis
from connectors.kafka import ConfirmingProducer, Outgoing, bootstrap, create_topics
from connectors.sql import statement
from schemas.errors import PermanentError, TransientError
from tests.waiting import crowding, until


def a_closed_port() -> int:
    """A port of this machine that nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class TestPostgres:
    def test_a_pool_is_bounded_and_says_so_in_time(self, postgres_url: str):
        with postgres.open_pool(postgres_url, name="test", size=1, timeout=0.3) as pool, pool.connection() as taken:
            assert taken.execute("SELECT current_setting('application_name')").fetchone() == ("reviewstream/test",)
            with pytest.raises(PoolTimeout) as caught, pool.connection():
                pass
        assert isinstance(caught.value, postgres.TRANSIENT)

    def test_a_connection_that_was_cut_is_replaced_unnoticed(self, postgres_url: str):
        with postgres.open_pool(postgres_url, name="cut", size=1) as pool:
            with pool.connection() as connection:
                first = connection.info.backend_pid
            with psycopg.connect(postgres_url, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", (first,))
            with pool.connection() as connection:
                assert connection.info.backend_pid != first

    def test_a_cut_in_the_middle_is_transient(self, postgres_url: str):
        with postgres.open_pool(postgres_url, name="cut", size=1) as pool, pool.connection() as connection:
            with psycopg.connect(postgres_url, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", (connection.info.backend_pid,))
            with pytest.raises(postgres.TRANSIENT):
                connection.execute("SELECT 1")

    def test_a_wrong_statement_is_not_transient(self, postgres_url: str):
        with (
            postgres.open_pool(postgres_url, name="wrong", size=1) as pool,
            pool.connection() as connection,
            pytest.raises(psycopg.Error) as caught,
        ):
            connection.execute("SELECT nothing FROM nowhere")
        assert not isinstance(caught.value, postgres.TRANSIENT)

    def test_statements_are_read_by_name(self):
        assert statement("services.tenancy", "find_tenant").startswith(b"SELECT")
        with pytest.raises(FileNotFoundError):
            statement("services.tenancy", "no_such_statement")


class TestMongo:
    def test_documents_come_back_as_they_were(self, mongo_url: str):
        client = mongo.connect(mongo_url)
        try:
            collection = client["connectors"][f"test_{uuid4().hex}"]
            moment = datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)
            assert collection.insert_one({"_id": 1, "at": moment, "text": "ünïcode"}).acknowledged
            assert collection.find_one({"_id": 1}) == {"_id": 1, "at": moment, "text": "ünïcode"}
            assert collection.write_concern.document == {"w": "majority", "j": True}
            collection.drop()
        finally:
            client.close()

    def test_no_server_is_transient_and_told_in_time(self):
        client = mongo.connect(f"mongodb://127.0.0.1:{a_closed_port()}", timeout=0.3)
        started = time.monotonic()
        with pytest.raises(mongo.TRANSIENT):
            client.admin.command("ping")
        client.close()
        assert time.monotonic() - started < 5 * crowding()


class TestRedis:
    def test_values_come_back_and_expire(self, redis_url: str):
        client, key = redis.connect(redis_url), f"test:{uuid4().hex}"
        try:
            assert client.set(key, b"\0\xff", ex=60)
            assert client.get(key) == b"\0\xff"
            assert 0 < client.ttl(key) <= 60
            client.delete(key)
        finally:
            client.close()

    def test_no_server_is_transient_and_told_in_time(self):
        client = redis.connect(f"redis://127.0.0.1:{a_closed_port()}", timeout=0.3)
        started = time.monotonic()
        with pytest.raises(redis.TRANSIENT):
            client.ping()
        client.close()
        assert time.monotonic() - started < 5 * crowding()


class TestClickHouse:
    def test_rows_come_back(self, clickhouse_url: str):
        client = clickhouse.connect(clickhouse_url)
        try:
            assert client.execute("SELECT number, toString(number) FROM numbers(3)") == [(0, "0"), (1, "1"), (2, "2")]
        finally:
            client.disconnect()

    def test_a_wrong_statement_is_not_transient(self, clickhouse_url: str):
        client = clickhouse.connect(clickhouse_url)
        try:
            with pytest.raises(ServerException) as caught:
                client.execute("SELECT nothing FROM nowhere")
            assert not isinstance(caught.value, clickhouse.TRANSIENT)
        finally:
            client.disconnect()

    def test_no_server_is_transient(self):
        client = clickhouse.connect(f"clickhouse://127.0.0.1:{a_closed_port()}/default")
        with pytest.raises(clickhouse.TRANSIENT):
            client.execute("SELECT 1")


class TestKafka:
    @pytest.fixture
    def topic(self, kafka_bootstrap: str) -> str:
        name = f"connectors-{uuid4().hex}"
        create_topics(kafka_bootstrap, {name: 3})
        return name

    @pytest.fixture
    def consumer(self, kafka_bootstrap: str) -> Iterator[Consumer]:
        made = Consumer({"bootstrap.servers": kafka_bootstrap, "group.id": uuid4().hex, "enable.auto.commit": False})
        yield made
        made.close()

    def test_order_holds_within_a_key_and_last_offsets_are_told(self, kafka_bootstrap, topic, consumer):
        keys = [f"key-{number}".encode() for number in range(7)]
        messages = [
            Outgoing(topic, keys[number % 7], str(number).encode(), [("n", str(number).encode())])
            for number in range(700)
        ]
        offsets = ConfirmingProducer(kafka_bootstrap).send(messages)
        consumer.assign([TopicPartition(topic, partition, 0) for partition in range(3)])
        found = [self.next_of(consumer) for _ in messages]
        for key in keys:
            mine = [int(message.value()) for message in found if message.key() == key]
            assert mine == [number for number in range(700) if keys[number % 7] == key]
            assert len({message.partition() for message in found if message.key() == key}) == 1
        assert all(message.headers() == [("n", message.value())] for message in found)
        last = {(topic, m.partition()): m.offset() for m in sorted(found, key=lambda m: m.offset())}
        assert offsets == last

    def test_a_partition_may_be_named(self, kafka_bootstrap, topic):
        producer = ConfirmingProducer(kafka_bootstrap)
        assert producer.send([Outgoing(topic, None, b"x", partition=2)]) == {(topic, 2): 0}
        assert producer.send([Outgoing(topic, None, b"y", partition=2)] * 3) == {(topic, 2): 3}
        assert producer.send([]) == {}

    def test_a_message_too_large_is_refused_and_the_producer_goes_on(self, kafka_bootstrap, topic):
        producer = ConfirmingProducer(kafka_bootstrap)
        with pytest.raises(PermanentError, match="5100000 bytes: MSG_SIZE_TOO_LARGE"):
            producer.send([Outgoing(topic, b"k", b"x" * 5_100_000)])
        assert producer.send([Outgoing(topic, b"k", b"x" * 4_900_000)])

    def test_an_unknown_topic_is_an_error_in_bounded_time(self, kafka_bootstrap, topic):
        producer = ConfirmingProducer(kafka_bootstrap, timeout=2)
        started = time.monotonic()
        with pytest.raises(TransientError, match="confirmed 1 of 2 messages"):
            producer.send([Outgoing(topic, b"k", b"v"), Outgoing(f"{topic}-misspelt", b"k", b"v")])
        assert time.monotonic() - started < 10 * crowding()
        assert producer.send([Outgoing(topic, b"k", b"v")])

    def test_no_broker_is_an_error_in_bounded_time(self):
        started = time.monotonic()
        with pytest.raises(TransientError, match="confirmed 0 of 1 messages"):
            ConfirmingProducer(f"127.0.0.1:{a_closed_port()}", timeout=1).send([Outgoing("t", b"k", b"v")])
        assert time.monotonic() - started < 10 * crowding()

    def test_topics_are_created_once_and_stay_as_they_are(self, kafka_bootstrap):
        name, other = f"connectors-{uuid4().hex}", f"connectors-{uuid4().hex}"
        create_topics(f"kafka://{kafka_bootstrap}", {name: 2})
        create_topics(kafka_bootstrap, {name: 5, other: 1})
        admin = AdminClient({"bootstrap.servers": kafka_bootstrap})
        found = until(lambda: (known := admin.list_topics(timeout=10).topics).keys() >= {name, other} and known)
        assert (len(found[name].partitions), len(found[other].partitions)) == (2, 1)

    def test_a_topic_that_cannot_be_is_an_error(self, kafka_bootstrap):
        with pytest.raises(TransientError, match="could not be created"):
            create_topics(kafka_bootstrap, {"not a topic name": 1})

    @pytest.mark.parametrize(
        ("url", "servers"),
        [
            ("kafka://a:1", "a:1"),
            ("kafka://a:1,b:2", "a:1,b:2"),
            ("kafka+sasl_ssl://user:secret@a:1,b:2", "a:1,b:2"),
            ("a:1,b:2", "a:1,b:2"),
        ],
    )
    def test_bootstrap_servers_of_a_url(self, url, servers):
        assert bootstrap(url) == servers

    @staticmethod
    def next_of(consumer: Consumer):
        message = consumer.poll(20)
        assert message is not None
        assert message.error() is None
        return message
