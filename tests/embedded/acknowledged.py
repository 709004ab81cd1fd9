"""For each server: write something and have it acknowledged; read it back later. Valkey is a cache and may forget."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import psycopg
import redis
from clickhouse_driver import Client
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from pymongo import MongoClient

Urls = Mapping[str, str]


def write_postgres(urls: Urls) -> None:
    with psycopg.connect(urls["REVIEWSTREAM_EVENTSTORE_URL"]) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")


def read_postgres(urls: Urls) -> int:
    with psycopg.connect(urls["REVIEWSTREAM_EVENTSTORE_URL"]) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
        return row[0] if row else 0


def write_kafka(urls: Urls) -> None:
    bootstrap = urls["REVIEWSTREAM_KAFKA_URL"].removeprefix("kafka://")
    admin = AdminClient({"bootstrap.servers": bootstrap})
    if "kept" not in admin.list_topics(timeout=10).topics:
        admin.create_topics([NewTopic("kept", 1)])["kept"].result(10)
    producer = Producer({"bootstrap.servers": bootstrap, "acks": "all"})
    failures: list[object] = []
    for n in range(1000):
        producer.produce("kept", str(n), on_delivery=lambda error, _: failures.append(error) if error else None)
    assert producer.flush(10) == 0
    assert not failures


def read_kafka(urls: Urls) -> int:
    consumer = Consumer(
        {"bootstrap.servers": urls["REVIEWSTREAM_KAFKA_URL"].removeprefix("kafka://"), "group.id": "kept"}
    )
    partition = TopicPartition("kept", 0, 0)
    high = consumer.get_watermark_offsets(partition, timeout=20)[1]
    consumer.assign([partition])
    messages = consumer.consume(high, timeout=20)
    consumer.close()
    return len([message for message in messages if not message.error()])


def write_secantus(urls: Urls) -> None:
    with MongoClient(urls["REVIEWSTREAM_MONGO_URL"]) as client:
        client.kept.kept.insert_many([{"n": n} for n in range(1000)])


def read_secantus(urls: Urls) -> int:
    with MongoClient(urls["REVIEWSTREAM_MONGO_URL"]) as client:
        return client.kept.kept.count_documents({})


def write_clickhouse(urls: Urls) -> None:
    client = Client.from_url(urls["REVIEWSTREAM_CLICKHOUSE_URL"])
    client.execute("CREATE TABLE IF NOT EXISTS kept (n UInt32) ENGINE = MergeTree ORDER BY n")
    client.execute("INSERT INTO kept VALUES", [(n,) for n in range(1000)])
    client.disconnect()


def read_clickhouse(urls: Urls) -> int:
    client = Client.from_url(urls["REVIEWSTREAM_CLICKHOUSE_URL"])
    try:
        return client.execute("SELECT count() FROM kept")[0][0]
    finally:
        client.disconnect()


def write_valkey(urls: Urls) -> None:
    with redis.Redis.from_url(urls["REVIEWSTREAM_REDIS_URL"]) as client:
        client.mset({str(n): n for n in range(1000)})


def read_valkey(urls: Urls) -> int:
    with redis.Redis.from_url(urls["REVIEWSTREAM_REDIS_URL"]) as client:
        return client.dbsize()


WRITE: dict[str, Callable[[Urls], None]] = {
    "postgres": write_postgres,
    "kafka": write_kafka,
    "secantus": write_secantus,
    "clickhouse": write_clickhouse,
    "valkey": write_valkey,
}
READ: dict[str, Callable[[Urls], int]] = {
    "postgres": read_postgres,
    "kafka": read_kafka,
    "secantus": read_secantus,
    "clickhouse": read_clickhouse,
    "valkey": read_valkey,
}
DURABLE = ("postgres", "kafka", "secantus", "clickhouse")
