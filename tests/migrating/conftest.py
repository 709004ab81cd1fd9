"""Servers of these tests' own, all of them empty, and settings that name them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from connectors.databases import DATABASES
from embedded.clickhouse import ClickHouse
from embedded.datadir import DataDir
from embedded.kafka import Kafka
from embedded.secantus import Secantus
from reviewstream.settings import Settings, load
from tests.databases import database
from tests.servers import running

PARTITIONS = 3
ran = contextmanager(running)


@pytest.fixture(scope="package")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """URLs by the names that the settings have for them."""
    data = DataDir(tmp_path_factory.mktemp("migrating"))
    with ExitStack() as stack:
        started = [stack.enter_context(ran(kind(data))) for kind in (Kafka, Secantus, ClickHouse)]
        made = {key: value for server in started for key, value in server.environment().items()}
        yield {key.removeprefix("REVIEWSTREAM_").lower(): value for key, value in made.items()}


@pytest.fixture
def settings(postgres_url: str, servers: dict[str, str], tmp_path) -> Iterator[Settings]:
    """Empty databases, and the servers that keep what earlier tests left."""
    with ExitStack() as made:
        urls = {f"{name}_url": made.enter_context(database(postgres_url)) for name in DATABASES}
        yield load(**servers, **urls, data_dir=tmp_path, partitions=PARTITIONS)
