"""The engine's features that the read models build on, through the gateway."""

from __future__ import annotations

from datetime import date

import pytest
from clickhouse_driver.errors import ServerException

DAY = date(2020, 1, 1)


@pytest.mark.since("23.2")
def test_replacing_merge_tree_keeps_the_newest_version_and_drops_the_deleted(client):
    client.execute(
        "CREATE TABLE t (id UInt32, v String, version UInt64, is_deleted UInt8)"
        " ENGINE = ReplacingMergeTree(version, is_deleted) ORDER BY id"
    )
    client.execute("INSERT INTO t VALUES", [(1, "old", 1, 0), (2, "gone", 1, 0)])
    client.execute("INSERT INTO t VALUES", [(1, "new", 2, 0), (2, "gone", 2, 1)])
    client.execute("INSERT INTO t VALUES", [(1, "late", 1, 0)])
    assert client.execute("SELECT id, v FROM t FINAL") == [(1, "new")]


@pytest.mark.parametrize(
    ("key", "a", "b", "c"),
    [("UInt32", 1, 2, 3), pytest.param("String", "a", "b", "c", marks=pytest.mark.since("20.1"))],
)
def test_summing_merge_tree_sums_a_nested_map_by_key(client, key, a, b, c):
    client.execute(
        f"CREATE TABLE t (day Date, total Int64, metricsMap Nested(name {key}, value Int64))"
        " ENGINE = SummingMergeTree ORDER BY day"
    )
    insert = "INSERT INTO t (day, total, metricsMap.name, metricsMap.value) VALUES"
    client.execute(insert, [{"day": DAY, "total": 1, "metricsMap.name": [a, b], "metricsMap.value": [1, 2]}])
    client.execute(insert, [{"day": DAY, "total": 2, "metricsMap.name": [b, c], "metricsMap.value": [5, 3]}])
    client.execute("OPTIMIZE TABLE t FINAL")
    summed = client.execute("SELECT total, metricsMap.name, metricsMap.value FROM t")
    assert summed == [(3, [a, b, c], [1, 7, 3])]


@pytest.mark.since("20.5")
def test_tables_are_exchanged_in_one_step(client):
    for name in ("live", "rebuilt"):
        client.execute(f"CREATE TABLE {name} (v String) ENGINE = MergeTree ORDER BY v")
        client.execute(f"INSERT INTO {name} VALUES", [(name,)])
    client.execute("EXCHANGE TABLES live AND rebuilt")
    assert client.execute("SELECT v FROM live") == [("rebuilt",)]
    assert client.execute("SELECT v FROM rebuilt") == [("live",)]


def test_views_and_materialized_views(client):
    client.execute("CREATE TABLE t (a UInt32) ENGINE = MergeTree ORDER BY a")
    client.execute("CREATE VIEW doubled AS SELECT a * 2 AS b FROM t")
    client.execute(
        "CREATE MATERIALIZED VIEW total ENGINE = SummingMergeTree ORDER BY k AS SELECT 1 AS k, a AS s FROM t"
    )
    client.execute("INSERT INTO t VALUES", [(1,), (2,)])
    client.execute("INSERT INTO t VALUES", [(3,)])
    assert client.execute("SELECT b FROM doubled ORDER BY b") == [(2,), (4,), (6,)]
    assert client.execute("SELECT sum(s) FROM total") == [(6,)]


def test_databases_are_created_and_dropped(client, database):
    client.execute(f"CREATE DATABASE {database}_more")
    assert (f"{database}_more",) in client.execute("SHOW DATABASES")
    client.execute(f"DROP DATABASE {database}_more")
    with pytest.raises(ServerException):
        client.execute(f"USE {database}_more")


def test_describing_statements_answer_with_rows(client):
    client.execute("CREATE TABLE t (a UInt32) ENGINE = MergeTree ORDER BY a")
    assert client.execute("SHOW TABLES") == [("t",)]
    assert client.execute("DESCRIBE TABLE t")[0][:2] == ("a", "UInt32")
    assert client.execute("EXISTS TABLE t") == [(1,)]
    assert client.execute("SHOW CREATE TABLE t")[0][0].startswith("CREATE TABLE")


@pytest.mark.since("20.6")
def test_explaining_statements_answer_with_rows(client):
    assert client.execute("EXPLAIN SELECT 1")


@pytest.mark.since("20.4")
def test_whether_a_database_is_there_is_answered_with_a_row(client, database):
    assert client.execute(f"EXISTS DATABASE {database}") == [(1,)]


@pytest.fixture
def partitioned(client):
    client.execute("CREATE TABLE t (a UInt32, m UInt8) ENGINE = MergeTree PARTITION BY m ORDER BY a")
    client.execute("INSERT INTO t VALUES", [(1, 1), (2, 1), (3, 2)])
    return client


def test_partitions_are_dropped(partitioned):
    partitioned.execute("ALTER TABLE t DROP PARTITION 2")
    assert partitioned.execute("SELECT a FROM t ORDER BY a") == [(1,), (2,)]


@pytest.mark.since("20.1")
def test_mutations_are_waited_for(partitioned):
    partitioned.execute("ALTER TABLE t DELETE WHERE a = 1 SETTINGS mutations_sync = 2")
    assert partitioned.execute("SELECT a FROM t ORDER BY a") == [(2,), (3,)]


@pytest.mark.ours("its storage policy is of engine.xml")
def test_old_parts_move_to_the_cold_volume(client):
    client.execute(
        "CREATE TABLE t (day Date) ENGINE = MergeTree ORDER BY day TTL day + INTERVAL 1 DAY TO VOLUME 'cold'"
        " SETTINGS storage_policy = 'tiered'"
    )
    client.execute("INSERT INTO t VALUES", [(DAY,)])
    where = "SELECT DISTINCT disk_name FROM system.parts WHERE active AND database = currentDatabase()"
    assert client.execute(where) == [("cold",)]


@pytest.mark.ours("where backups may be put is of engine.xml")
def test_a_backup_restores(client, database):
    client.execute("CREATE TABLE t (a UInt32) ENGINE = MergeTree ORDER BY a")
    client.execute("INSERT INTO t VALUES", [(1,), (2,)])
    assert client.execute(f"BACKUP TABLE t TO File('{database}')")[0][1] == "BACKUP_CREATED"
    client.execute("DROP TABLE t SYNC")
    assert client.execute(f"RESTORE TABLE t FROM File('{database}')")[0][1] == "RESTORED"
    assert client.execute("SELECT a FROM t ORDER BY a") == [(1,), (2,)]
