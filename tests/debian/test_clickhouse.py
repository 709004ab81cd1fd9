"""What is said of a ClickHouse that is too old."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from clickhouse_driver import Client
from psycopg_pool import ConnectionPool

from connectors.databases import DATABASES
from embedded.datadir import DataDir
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.registry import Version
from reviewstream.doctor.findings import Level
from reviewstream.doctor.run import examine
from reviewstream.settings import load
from schemas.errors import Unavailable
from tests.debian.clickhouse import DebianClickHouse, require_clickhouse
from tests.servers import running

OTHERS = (*DATABASES, "kafka", "mongo", "redis")


@pytest.fixture
def old_clickhouse(tmp_path: Path) -> Iterator[DebianClickHouse]:
    require_clickhouse()
    yield from running(DebianClickHouse(DataDir(tmp_path / "servers")))


def test_the_doctor_says_that_it_is_too_old_and_how_old_it_may_be(
    old_clickhouse: DebianClickHouse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    for name in OTHERS:
        monkeypatch.delenv(f"REVIEWSTREAM_{name.upper()}_URL", raising=False)
    monkeypatch.setenv("REVIEWSTREAM_CLICKHOUSE_URL", old_clickhouse.url)
    shown = examine(load(data_dir=tmp_path))
    problems = [found for found in shown if found.subject == "clickhouse" and found.level is Level.PROBLEM]
    assert [(found.check, found.detail, found.fix) for found in problems] == [
        ("version", "18.16.1, and 24 is the oldest supported", "update the server")
    ]


def test_analytics_are_not_begun_on_it(old_clickhouse: DebianClickHouse):
    with Client.from_url(old_clickhouse.url) as client:
        store = ClickHouseStore(ConnectionPool("", open=False), lambda: client)
        version = Version("analytics", 1, "building", 0, None, store.shape, None, datetime.now(UTC), None)
        with pytest.raises(Unavailable, match=r"18\.16\.1 is too old, and 24 is the oldest supported; update"):
            store.create(None, version)
        assert (version.target,) not in client.execute("SHOW DATABASES")
