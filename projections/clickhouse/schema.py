"""Statements for ClickHouse from the .sql files: names filled in, replicated engines when a cluster is configured."""

from __future__ import annotations

from collections.abc import Sequence
from string import Template

from projections.clickhouse.rows import TABLES
from projections.statements import text

SQL = "clickhouse/sql"


def render(path: str, *, database: str, views: str = "", cluster: str = "") -> str:
    """The text of `projections/clickhouse/sql/<path>.sql` for one database.

    With a cluster, tables are created ON CLUSTER with replicated engines; the servers' macros {shard} and {replica}
    name the replicas.
    """
    table = path.rpartition("/")[2]
    replica = f"'/clickhouse/tables/{{shard}}/{database}/{table}', '{{replica}}'" if cluster else ""
    return Template(text(f"{SQL}/{path}")).substitute(
        database=database,
        views=views,
        on_cluster=_on(cluster),
        replicated="Replicated" if cluster else "",
        replica=f"{replica}, " if cluster else "",
        replica_only=replica,
        # A plain MergeTree keeps no deduplication tokens unless a window is set.
        window="replicated_deduplication_window" if cluster else "non_replicated_deduplication_window",
    )


def create_statements(database: str, cluster: str = "") -> list[str]:
    """Create an empty version; one of that name left by an interrupted attempt is dropped first."""
    tables = [render(f"tables/{table}", database=database, cluster=cluster) for table in TABLES]
    return [drop_statement(database, cluster), f"CREATE DATABASE {database} {_on(cluster)}", *tables]


def drop_statement(database: str, cluster: str = "") -> str:
    """Remove a version with everything in it."""
    return f"DROP DATABASE IF EXISTS {database} {_on(cluster)} SYNC"


def view_statements(database: str, views: str, cluster: str = "", *, tables: Sequence[str] = TABLES) -> list[str]:
    """Point the stable views in database `views` at a version."""
    made = [render(f"views/{table}", database=database, views=views, cluster=cluster) for table in tables]
    return [f"CREATE DATABASE IF NOT EXISTS {views} {_on(cluster)}", *made]


def _on(cluster: str) -> str:
    return f"ON CLUSTER '{cluster}'" if cluster else ""
