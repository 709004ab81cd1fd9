"""Fixtures with real servers: each starts when a test first asks for it, once a session, and ends with the session.

What is asked for by its URL may be elsewhere; see tests/elsewhere.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import pytest

from embedded.clickhouse import ClickHouse
from embedded.connect import Connect
from embedded.datadir import DataDir
from embedded.kafka import Kafka
from embedded.postgres import Postgres
from embedded.secantus import Secantus
from embedded.server import Server
from embedded.valkey import Valkey
from tests import databases
from tests.elsewhere import elsewhere, settings

S = TypeVar("S", bound=Server)


@pytest.fixture(scope="session")
def server_data(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    """The data directory that the session's servers share."""
    return DataDir(tmp_path_factory.mktemp("servers-für-評価-"))


def running(server: S) -> Iterator[S]:
    """Start it, hand it out, stop it."""
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def postgres(server_data: DataDir) -> Iterator[Postgres]:
    """The session's PostgreSQL."""
    yield from running(Postgres(server_data))


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A libpq URL of the database `eventstore`; its owner may CREATE DATABASE for tests that want one of their own."""
    if url := elsewhere("postgres"):
        yield url
        databases.drop_all(url)
    else:
        yield request.getfixturevalue("postgres").url("eventstore")


@pytest.fixture(scope="session")
def kafka(server_data: DataDir) -> Iterator[Kafka]:
    """The session's Kafka. Topics are not made by themselves."""
    yield from running(Kafka(server_data))


@pytest.fixture(scope="session")
def kafka_bootstrap(request: pytest.FixtureRequest) -> str:
    """`host:port` of the broker."""
    return elsewhere("kafka") or request.getfixturevalue("kafka").bootstrap


@pytest.fixture(scope="session")
def valkey(server_data: DataDir) -> Iterator[Valkey]:
    """The session's Valkey."""
    yield from running(Valkey(server_data))


@pytest.fixture(scope="session")
def redis_url(request: pytest.FixtureRequest) -> str:
    """Its URL, with user and password."""
    return elsewhere("redis") or request.getfixturevalue("valkey").url


@pytest.fixture(scope="session")
def secantus(server_data: DataDir) -> Iterator[Secantus]:
    """The session's Secantus."""
    yield from running(Secantus(server_data))


@pytest.fixture(scope="session")
def mongo_url(request: pytest.FixtureRequest) -> str:
    """Its URL, with user and password."""
    return elsewhere("mongo") or request.getfixturevalue("secantus").url


@pytest.fixture(scope="session")
def clickhouse(server_data: DataDir) -> Iterator[ClickHouse]:
    """The session's ClickHouse."""
    yield from running(ClickHouse(server_data))


@pytest.fixture(scope="session")
def clickhouse_url(request: pytest.FixtureRequest) -> str:
    """Its URL, with user and password."""
    return elsewhere("clickhouse") or request.getfixturevalue("clickhouse").url


@pytest.fixture(scope="session")
def connect(server_data: DataDir, kafka: Kafka) -> Iterator[Connect]:
    """The session's Kafka Connect with Debezium's connectors, on the session's Kafka."""
    yield from running(Connect(server_data))


@pytest.fixture(scope="session")
def settings_elsewhere(postgres_url: str) -> Iterator[dict[str, str]]:
    """Settings by variable for an installation on the servers elsewhere; empty where all are started."""
    del postgres_url  # whose end drops what this leaves
    with settings() as made:
        yield made
