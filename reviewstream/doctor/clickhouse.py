"""ClickHouse of the analytics."""

from __future__ import annotations

from uuid import uuid4

from clickhouse_driver import Client
from clickhouse_driver.errors import ServerException

from connectors import clickhouse
from connectors.endpoints import endpoint
from reviewstream.doctor.clock import clock
from reviewstream.doctor.encryption import encryption
from reviewstream.doctor.findings import Finding, Findings, Level, Subject

STEPS = (
    ("CREATE DATABASE {0}", None),
    ("CREATE TABLE {0}.probe (n UInt8) ENGINE = MergeTree ORDER BY n", None),
    ("INSERT INTO {0}.probe VALUES", [(1,)]),
    ("SELECT n FROM {0}.probe", None),
)


def examine(subject: Subject, url: str, cluster: str) -> Findings:
    """Raises the driver's errors for checks that could not run."""
    client = clickhouse.connect(url, timeout=5)
    try:
        version = str(client.execute("SELECT version()")[0][0])
        yield subject.ok("login", "accepted")
        age = subject.at_least(version, clickhouse.OLDEST)
        yield age
        tls_version = getattr(client.connection.socket, "version", None)
        yield encryption(subject, endpoint("clickhouse", url), tls_version() if tls_version else None)
        if age.level is not Level.OK:
            return  # it may lack the functions used next, which would look like no answer
        yield clock(subject, lambda: client.execute("SELECT toUnixTimestamp64Milli(now64(3))")[0][0] / 1000)
        yield _tables(subject, client)
        if cluster:
            yield _cluster(subject, client, cluster)
    finally:
        client.disconnect()


def _tables(subject: Subject, client: Client) -> Finding:
    """Create, fill, read and drop a database with a table: each version of a read model has its own database."""
    name = f"doctor_{uuid4().hex}"
    try:
        for statement, rows in STEPS:
            client.execute(statement.format(name), rows)
    except ServerException as error:
        if error.code != clickhouse.ACCESS_DENIED:
            raise
        return subject.problem(
            "rights", "may not create databases and tables, insert and select",
            "GRANT CREATE, DROP, INSERT, SELECT, ALTER ON *.* to the user",
        )  # fmt: skip
    finally:
        client.execute(f"DROP DATABASE IF EXISTS {name}")
    return subject.ok("rights", "creates databases and tables, inserts, selects, drops")


def _cluster(subject: Subject, client: Client, cluster: str) -> Finding:
    found = client.execute("SELECT count() FROM system.clusters WHERE cluster = %(name)s", {"name": cluster})[0][0]
    if found:
        return subject.ok("cluster", f"{cluster}: {found} replicas")
    return subject.problem(
        "cluster", f"the server knows no cluster {cluster}", "correct REVIEWSTREAM_CLICKHOUSE_CLUSTER, or the server's"
    )
