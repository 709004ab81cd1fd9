"""One gateway for all behaviour tests, a database of its own for each; tests that break it start their own."""

from __future__ import annotations

from importlib.util import find_spec
from itertools import count

import pytest
from clickhouse_driver import Client

from tests.gateway.process import Gateway

NAMES = count(1)


@pytest.fixture(scope="session")
def engine_wheel() -> None:
    if find_spec("chdb") is None:  # not imported here: it would load the whole engine into the tests
        pytest.skip("the wheel chdb is missing: pip install 'reviewstream[embedded]'")


@pytest.fixture(scope="session")
def gateway(engine_wheel, tmp_path_factory):
    running = Gateway(tmp_path_factory.mktemp("gateway")).start()
    yield running
    running.close()


@pytest.fixture
def database(gateway) -> str:
    name = f"test_{next(NAMES)}"
    with gateway.client() as admin:
        admin.execute(f"CREATE DATABASE {name}")
        yield name
        admin.execute(f"DROP DATABASE {name}")


@pytest.fixture
def client(gateway, database) -> Client:
    with gateway.client(database=database) as connected:
        yield connected


@pytest.fixture
def own_gateway(engine_wheel, tmp_path):
    """Start a gateway for this test alone: own_gateway("--max-connections", "1")."""
    started = []

    def start(*options: str) -> Gateway:
        started.append(Gateway(tmp_path, *options))
        return started[-1].start()

    yield start
    for running in started:
        running.close()
