"""The engine's features that the read models build on, through the gateway."""

from __future__ import annotations

from datetime import date

import pytest
from clickhouse_driver.errors import ServerException

DAY = date(2020, 1, 1)


def test_replacing_merge_tree_keeps_the_newest_version_and_drops_the_deleted(client):
    client.execute(
        "CREATE TABLE t (id UInt32, v String, version UInt64, is_deleted UInt8)"
        " ENGINE = ReplacingMergeTree(version, is_deleted) ORDER BY id"
    )
    client.execute("INSERT INTO t VALUES", [(1, "old", 1, 0), (2, "gone", 1, 0)])
    client.execute("INSERT INTO t VALUES", [(1, "new", 2, 0), (2, "gone", 2, 1)])
    client.execute("INSERT INTO t VALUES", [(1, "late", 1, 0)])
    assert client.execute("SELECT id, v FROM t FINAL") == [(1, "new")]


def test_summing_merge_tree_sums_a_nested_map_by_key(client):
    client.execute(
        "CREATE TABLE t (day Date, metricsMap Nested(name String, value Int64)) ENGINE = SummingMergeTree ORDER BY day"
    )
    insert = "INSERT INTO t (day, metricsMap.name, metricsMap.value) VALUES"
    client.execute(insert, [{"day": DAY, "metricsMap.name": ["a", "b"], "metricsMap.value": [1, 2]}])
    client.execute(insert, [{"day": DAY, "metricsMap.name": ["b", "c"], "metricsMap.value": [5, 3]}])
    client.execute("OPTIMIZE TABLE t FINAL")
    assert client.execute("SELECT metricsMap.name, metricsMap.value FROM t") == [(["a", "b", "c"], [1, 7, 3])]


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
    assert client.execute(f"EXISTS DATABASE {database}_more") == [(1,)]
    client.execute(f"DROP DATABASE {database}_more")
    with pytest.raises(ServerException):
        client.execute(f"USE {database}_more")


def test_describing_statements_answer_with_rows(client):
    client.execute("CREATE TABLE t (a UInt32) ENGINE = MergeTree ORDER BY a")
    assert client.execute("SHOW TABLES") == [("t",)]
    assert client.execute("DESCRIBE TABLE t")[0][:2] == ("a", "UInt32")
    assert client.execute("EXISTS TABLE t") == [(1,)]
    assert client.execute("SHOW CREATE TABLE t")[0][0].startswith("CREATE TABLE")
    assert client.execute("EXPLAIN SELECT * FROM t")


def test_mutations_and_partitions(client):
    client.execute("CREATE TABLE t (a UInt32, m UInt8) ENGINE = MergeTree ORDER BY a PARTITION BY m")
    client.execute("INSERT INTO t VALUES", [(1, 1), (2, 1), (3, 2)])
    client.execute("ALTER TABLE t DELETE WHERE a = 1 SETTINGS mutations_sync = 2")
    client.execute("ALTER TABLE t DROP PARTITION 2")
    assert client.execute("SELECT a FROM t") == [(2,)]


def test_old_parts_move_to_the_cold_volume(client):
    client.execute(
        "CREATE TABLE t (day Date) ENGINE = MergeTree ORDER BY day TTL day + INTERVAL 1 DAY TO VOLUME 'cold'"
        " SETTINGS storage_policy = 'tiered'"
    )
    client.execute("INSERT INTO t VALUES", [(DAY,)])
    where = "SELECT DISTINCT disk_name FROM system.parts WHERE active AND database = currentDatabase()"
    assert client.execute(where) == [("cold",)]


def test_a_backup_restores(client, database):
    client.execute("CREATE TABLE t (a UInt32) ENGINE = MergeTree ORDER BY a")
    client.execute("INSERT INTO t VALUES", [(1,), (2,)])
    assert client.execute(f"BACKUP TABLE t TO File('{database}')")[0][1] == "BACKUP_CREATED"
    client.execute("DROP TABLE t SYNC")
    assert client.execute(f"RESTORE TABLE t FROM File('{database}')")[0][1] == "RESTORED"
    assert client.execute("SELECT a FROM t ORDER BY a") == [(1,), (2,)]
