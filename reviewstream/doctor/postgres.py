"""PostgreSQL, for each of our databases."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql

from connectors.endpoints import endpoint
from connectors.sql import statement
from reviewstream.doctor.clock import clock
from reviewstream.doctor.encryption import encryption
from reviewstream.doctor.findings import Finding, Findings, Subject

OLDEST = 15


def examine(subject: Subject, url: str) -> Findings:
    """Raises psycopg.Error for checks that could not run."""
    with psycopg.connect(url, autocommit=True, connect_timeout=5, application_name="reviewstream/doctor") as connection:
        yield subject.ok("login", f"as {connection.info.user}")
        yield subject.at_least(str(connection.info.parameter_status("server_version")), OLDEST)
        yield encryption(subject, endpoint("postgres", url), _one(connection, "tls_version"))
        yield clock(subject, lambda: float(_one(connection, "server_time")))
        yield _writable(subject, connection)
        yield _tables(subject, connection)
        if subject.name == "eventstore":
            connection.execute("LISTEN reviewstream_doctor")
            yield subject.ok("listen", "allowed")
            yield _wal_level(subject, connection)


def _one(connection: psycopg.Connection[Any], name: str) -> Any:
    row = connection.execute(statement("reviewstream.doctor", name)).fetchone()
    return row[0] if row else None


def _writable(subject: Subject, connection: psycopg.Connection[Any]) -> Finding:
    if _one(connection, "is_standby"):
        return subject.problem("role", "a standby, which is read-only", f"{subject.setting}: name the primary")
    if _one(connection, "passes_row_security"):
        return subject.warning(
            "role", "a superuser, or one that bypasses row security: only our queries keep tenants apart",
            "use a user of its own: CREATE ROLE … LOGIN NOSUPERUSER NOBYPASSRLS",
        )  # fmt: skip
    return subject.ok("role", "an ordinary user")


def _tables(subject: Subject, connection: psycopg.Connection[Any]) -> Finding:
    """Create and fill them for real, in a transaction that is rolled back."""
    name = sql.Identifier(f"doctor_{uuid4().hex}")
    try:
        with connection.transaction(force_rollback=True):
            for step in ("CREATE SCHEMA {}", "CREATE TABLE {}.probe (n int)", "INSERT INTO {}.probe VALUES (1)"):
                connection.execute(sql.SQL(step).format(name))
            connection.execute("CREATE TABLE reviewstream_doctor (n int)")
    except psycopg.errors.InsufficientPrivilege as error:
        return subject.problem(
            "rights", f"may not create schemas and tables: {error.diag.message_primary}",
            f"GRANT CREATE ON DATABASE {connection.info.dbname} TO {connection.info.user}, and on its schema public",
        )  # fmt: skip
    return subject.ok("rights", "creates schemas and tables, inserts")


def _wal_level(subject: Subject, connection: psycopg.Connection[Any]) -> Finding:
    level = _one(connection, "wal_level")
    return subject.ok("wal_level", level if level == "logical" else f"{level}; change data capture needs logical")
