"""Fixtures with real servers: each starts when a test first asks for it, once a session, and ends with the session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from reviewstream.embedded.datadir import DataDir
from reviewstream.embedded.kafka import Kafka
from reviewstream.embedded.postgres import Postgres
from reviewstream.embedded.server import Server

S = TypeVar("S", bound=Server)


@pytest.fixture(scope="session")
def server_data(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    """The data directory that the session's servers share."""
    return DataDir(tmp_path_factory.mktemp("servers"))


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
def postgres_url(postgres: Postgres) -> str:
    """A libpq URL of the database `eventstore`; its owner may CREATE DATABASE for tests that want one of their own."""
    return postgres.url("eventstore")


@pytest.fixture(scope="session")
def kafka(server_data: DataDir) -> Iterator[Kafka]:
    """The session's Kafka. Topics are not made by themselves."""
    yield from running(Kafka(server_data))


@pytest.fixture(scope="session")
def kafka_bootstrap(kafka: Kafka) -> str:
    """`host:port` of the broker."""
    return kafka.bootstrap


def log_tail(path: Path) -> str:
    """A log's text, for messages of failed assertions."""
    return path.read_text(errors="replace")[-2000:]
