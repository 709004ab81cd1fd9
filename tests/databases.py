"""Databases of a test's own on the session's PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

MADE: dict[str, str] = {}
"""The databases that this process has made and not dropped, each with its server."""
END_CLIENTS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = %s AND usename = current_user AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


def create(server: str, template: str = "template1") -> str:
    """The URL of a new database, copied from a database without connections; `drop` ends it."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
    url = make_conninfo(server, dbname=name)
    MADE[url] = server
    return url


def end_clients(url: str) -> None:
    """End every connection to that database but our own."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(END_CLIENTS, (name_of(url),))


def drop(server: str, url: str) -> None:
    """Drop it, whoever is still connected.

    `WITH (FORCE)` would ask for rights over an autovacuum worker that happens to be there; without it PostgreSQL sends
    such a worker away itself.
    """
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(END_CLIENTS, (name_of(url),))
        connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name_of(url))))
    MADE.pop(url, None)


def drop_all(server: str) -> None:
    """Drop what is left on it: a server elsewhere does not end with the tests."""
    for url in [url for url, maker in MADE.items() if maker == server]:
        drop(server, url)


@contextmanager
def database(server: str, template: str = "template1") -> Iterator[str]:
    """The URL of a database that lives as long as the block."""
    url = create(server, template)
    try:
        yield url
    finally:
        drop(server, url)


def name_of(url: str) -> str:
    """The database in a URL."""
    return str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])
