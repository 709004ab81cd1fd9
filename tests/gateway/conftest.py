"""One gateway for all behaviour tests, a database of its own for each; tests that break it start their own.

REVIEWSTREAM_TEST_CLICKHOUSE_URL puts another ClickHouse server in the gateway's place: what the driver is promised must
hold there as well. Two marks say what cannot: `since` what a later version brought, `ours` what is our gateway's alone.
"""

from __future__ import annotations

from importlib.util import find_spec
from itertools import count

import pytest
from clickhouse_driver import Client

from tests.gateway import other
from tests.gateway.process import Gateway

NAMES = count(1)
OURS = "REVIEWSTREAM_TEST_CLICKHOUSE_URL names another server, and this is about our gateway: {}"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "since(version): the version of ClickHouse from which on it holds")
    config.addinivalue_line("markers", "ours(reason): why it holds for our gateway only")


@pytest.fixture(autouse=True)
def promised_by_the_server(request: pytest.FixtureRequest) -> None:
    """Skip what the other server cannot know; our gateway is asked everything."""
    if not other.URL:
        return
    for mark in request.node.iter_markers("ours"):
        pytest.skip(OURS.format(*mark.args))
    for mark in request.node.iter_markers("since"):
        version = request.getfixturevalue("gateway").version
        if other.is_older(version, *mark.args):
            pytest.skip(f"it holds since ClickHouse {mark.args[0]}, and the server is {version}")


@pytest.fixture(scope="session")
def engine_wheel() -> None:
    if find_spec("chdb") is None:  # not imported here: it would load the whole engine into the tests
        pytest.skip("the wheel chdb is missing: pip install 'reviewstream[embedded]'")


@pytest.fixture(scope="session")
def gateway(request):
    """The server under test."""
    return other.OtherServer(other.URL) if other.URL else request.getfixturevalue("our_gateway")


@pytest.fixture(scope="session")
def our_gateway(engine_wheel, tmp_path_factory):
    if other.URL:
        pytest.skip(OURS.format("it looks behind the protocol"))
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
    if other.URL:
        pytest.skip(OURS.format("how it starts, ends, and limits its clients"))
    started = []

    def start(*options: str) -> Gateway:
        started.append(Gateway(tmp_path, *options))
        return started[-1].start()

    yield start
    for running in started:
        running.close()
