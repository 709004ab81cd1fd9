"""ClickHouse as a child process. What the gateway can do is tested beside the gateway."""

from __future__ import annotations

import pytest
from clickhouse_driver import Client
from clickhouse_driver.errors import Error

from embedded.clickhouse import ClickHouse


def test_rows_come_back(clickhouse: ClickHouse) -> None:
    client = Client.from_url(clickhouse.url)
    client.execute("CREATE TABLE embedded_rows (n UInt32) ENGINE = MergeTree ORDER BY n")
    client.execute("INSERT INTO embedded_rows VALUES", [(1,), (2,)])
    assert client.execute("SELECT sum(n) FROM embedded_rows") == [(3,)]
    client.disconnect()


def test_wrong_password_is_refused(clickhouse: ClickHouse) -> None:
    client = Client.from_url(clickhouse.url.replace("reviewstream:", "reviewstream:x"))
    with pytest.raises(Error):
        client.execute("SELECT 1")
    client.disconnect()
