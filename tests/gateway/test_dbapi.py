"""The driver's DB-API 2.0 layer."""

from __future__ import annotations

import types
from urllib.parse import quote

import pytest
from clickhouse_driver import connect
from clickhouse_driver.dbapi import InterfaceError, OperationalError, ProgrammingError

from tests.gateway.process import PASSWORD, USER

FOUR = "SELECT number FROM system.numbers LIMIT 4"


@pytest.fixture
def connection(gateway, database):
    url = f"clickhouse://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{gateway.port}/{database}"
    opened = connect(url)
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
    cursor.execute("SELECT x, getSetting('max_threads') FROM outside")
    assert cursor.fetchall() == [(0, 7), (1, 7)]


def test_errors_are_those_of_the_api(gateway, cursor):
    with pytest.raises(ProgrammingError):
        cursor.fetchall()
    with pytest.raises(OperationalError, match="Code: 60"):
        cursor.execute("SELECT * FROM missing")
    stranger = connect(host="127.0.0.1", port=gateway.port, user="wrong", password="x").cursor()
    with pytest.raises(OperationalError, match="Code: 516"):
        stranger.execute("SELECT 1")


def test_closed_means_closed(connection):
    cursor = connection.cursor()
    cursor.close()
    with pytest.raises(InterfaceError):
        cursor.execute("SELECT 1")
