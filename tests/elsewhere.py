"""Servers that are there already: with REVIEWSTREAM_TEST_POSTGRES_URL and its like, tests use them instead of starting some.

They must be servers for tests: databases, topics and keys are made and dropped there. PostgreSQL's user owns the database
of the URL and may create others; Redis gives each of pytest's processes a database of its own, counted from the URL's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from connectors.databases import DATABASES
from connectors.kafka_url import parse
from tests.databases import create, drop

FIXTURES = {
    "postgres": "postgres_url",
    "kafka": "kafka_bootstrap",
    "mongo": "mongo_url",
    "redis": "redis_url",
    "clickhouse": "clickhouse_url",
}
"""By kind of server: the fixture through which tests reach it."""
UNITS = {"postgres": "postgres", "kafka": "kafka", "secantus": "mongo", "valkey": "redis", "clickhouse": "clickhouse"}
"""By server of the embedded stack: its kind."""


def elsewhere(kind: str) -> str | None:
    """The URL of the server of that kind that tests are told to use; None: they start one."""
    url = os.environ.get(f"REVIEWSTREAM_TEST_{kind.upper()}_URL")
    return OWN[kind](url) if url and kind in OWN else url


def _plain(url: str) -> str:
    if len(parse(url).config()) > 1:
        raise pytest.UsageError(
            "REVIEWSTREAM_TEST_KAFKA_URL: tests reach a broker without TLS and SASL; tests/tls has those"
        )
    return parse(url).servers


def _own_database(url: str) -> str:
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    parts = urlsplit(url)
    return parts._replace(path=f"/{int(parts.path.strip('/') or 0) + process}").geturl()


OWN = {"redis": _own_database, "kafka": _plain}
"""What else is made of a URL."""


@contextmanager
def settings() -> Iterator[dict[str, str]]:
    """Settings by variable that lead a whole installation to those servers; databases of its own, while the block lasts."""
    found = {f"REVIEWSTREAM_{kind.upper()}_URL": url for kind in FIXTURES if (url := elsewhere(kind))}
    if broker := found.get("REVIEWSTREAM_KAFKA_URL"):
        found["REVIEWSTREAM_KAFKA_URL"] = f"kafka://{broker}"
    server = found.pop("REVIEWSTREAM_POSTGRES_URL", None)
    databases = {each.variable: create(server) for each in DATABASES.values() if server}
    try:
        yield {**found, **databases}
    finally:
        for url in databases.values():
            drop(str(server), url)


def only_what_uses_them(items: list[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Tests that reach a server elsewhere, and the others."""
    wanted = {fixture for kind, fixture in FIXTURES.items() if elsewhere(kind)} | {"settings_elsewhere"}
    split: tuple[list[pytest.Item], list[pytest.Item]] = ([], [])
    for item in items:
        split[wanted.isdisjoint(getattr(item, "fixturenames", ()))].append(item)
    return split
