"""The driver's DB-API 2.0 layer."""

from __future__ import annotations

import types

import pytest
from clickhouse_driver import connect
from clickhouse_driver.dbapi import InterfaceError, OperationalError, ProgrammingError

FOUR = "SELECT number FROM system.numbers LIMIT 4"


@pytest.fixture
def connection(gateway, database):
    opened = connect(gateway.url(database))
    yield opened
    opened.close()


@pytest.fixture
def cursor(connection):
    with connection.cursor() as opened:
        yield opened


def test_fetching_one_many_all(cursor):
    cursor.execute(FOUR)
    assert cursor.rowcount == 4
    assert cursor.fetchone() == (0,)
    assert cursor.fetchmany(2) == [(1,), (2,)]
    assert cursor.fetchall() == [(3,)]
    assert cursor.fetchone() is None


def test_iterating(cursor):
    cursor.execute(FOUR)
    assert list(cursor) == [(0,), (1,), (2,), (3,)]


def test_streamed_results(cursor):
    cursor.set_stream_results(True, 2)
    cursor.execute(FOUR)
    assert isinstance(cursor._rows, types.GeneratorType)
    assert cursor.fetchmany(3) == [(0,), (1,), (2,)]
    assert cursor.fetchall() == [(3,)]


def test_executemany_inserts(cursor):
    cursor.execute("CREATE TABLE t (a UInt32) ENGINE = Memory")
    cursor.executemany("INSERT INTO t VALUES", [(0,), (1,), (2,)])
    assert cursor.rowcount == 3
    cursor.execute("SELECT a FROM t")
    assert cursor.fetchall() == [(0,), (1,), (2,)]


def test_description(cursor):
    cursor.execute("SELECT CAST(1 AS UInt32) AS test")
    assert [(column.name, column.type_code) for column in cursor.description] == [("test", "UInt32")]


def test_settings_and_external_tables(cursor):
    cursor.set_settings({"max_threads": 7})
    cursor.set_external_table("outside", [("x", "UInt32")], [(0,), (1,)])
    cursor.execute("SELECT x, (SELECT value FROM system.settings WHERE name = 'max_threads') FROM outside")
    assert cursor.fetchall() == [(0, "7"), (1, "7")]


def test_errors_are_those_of_the_api(cursor):
    with pytest.raises(ProgrammingError):
        cursor.fetchall()
    with pytest.raises(OperationalError, match="Code: 60"):
        cursor.execute("SELECT * FROM missing")


def test_a_stranger_gets_an_error_of_the_api(gateway, database):
    connection = connect(gateway.url(database, user="stranger"))
    with pytest.raises(OperationalError, match=r"Code: (516|192)\."):
        connection.cursor().execute("SELECT 1")
    connection.close()


def test_closed_means_closed(connection):
    cursor = connection.cursor()
    cursor.close()
    with pytest.raises(InterfaceError):
        cursor.execute("SELECT 1")
