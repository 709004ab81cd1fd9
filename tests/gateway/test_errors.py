"""Errors carry ClickHouse's own numbers, and the connection goes on after them."""

from __future__ import annotations

import pytest
from clickhouse_driver.errors import ErrorCodes, ServerException

from connectors.clickhouse import AUTHENTICATION_FAILED, FAULTS
from connectors.faults import Fault
from embedded.gateway import errors as codes
from tests.gateway.process import ask

RESYNCHRONIZED = pytest.mark.since("19.17.6")  # before, what the driver sends after a syntax error is taken for a query


def refused(sql, code):
    """A statement that a server runs, and the gateway does not."""
    return pytest.param(sql, code, marks=pytest.mark.ours("a server runs the statement"))


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT * FROM missing", ErrorCodes.UNKNOWN_TABLE),
        ("SELECT 1 SETTINGS no_such_setting = 1", ErrorCodes.UNKNOWN_SETTING),
        ("SET no_such_setting = 1", ErrorCodes.UNKNOWN_SETTING),
        ("SELECT no_such_function(1)", ErrorCodes.UNKNOWN_FUNCTION),
        ("SELECT no_such_column", ErrorCodes.UNKNOWN_IDENTIFIER),
        ("USE no_such_database", ErrorCodes.UNKNOWN_DATABASE),
        ("SELECT throwIf(number = 100000) FROM numbers(200000)", 395),
        ("SELECT intDiv(1, 0)", ErrorCodes.ILLEGAL_DIVISION),
        ("DROP TABLE missing", ErrorCodes.UNKNOWN_TABLE),
        refused("SYSTEM SHUTDOWN", ErrorCodes.NOT_IMPLEMENTED),
        refused("/* x */ system -- y\n kill", ErrorCodes.NOT_IMPLEMENTED),
        refused("SELECT 1 INTO OUTFILE '/tmp/never-written.tsv'", ErrorCodes.NOT_IMPLEMENTED),
        refused("INSERT INTO t FROM INFILE '/etc/hostname' FORMAT TSV", ErrorCodes.NOT_IMPLEMENTED),
        refused("SELECT count() FROM numbers(3) GROUP BY number WITH TOTALS", ErrorCodes.NOT_IMPLEMENTED),
        refused("SELECT sumState(number) FROM numbers(3)", ErrorCodes.UNKNOWN_TYPE),
        ("SELECT range(10000000000)", 69),
    ],
)
def test_an_error_has_its_number_and_leaves_the_connection_usable(client, sql, code):
    client.execute("SELECT 1")
    connection = client.connection
    with pytest.raises(ServerException) as raised:
        ask(connection, sql)
    assert raised.value.code == code
    assert raised.value.message.startswith("DB::Exception: ")
    assert ask(connection, "SELECT 1") == [(1,)]


UNREADABLE = ["SELECT FROM WHERE", "", " ; -- nothing", "SELECT 1; SELECT 2", "quit"]


@pytest.mark.parametrize("sql", UNREADABLE)
def test_what_is_no_statement_is_a_syntax_error(client, sql):
    with pytest.raises(ServerException) as raised:
        client.execute(sql)
    assert raised.value.code == ErrorCodes.SYNTAX_ERROR
    assert client.execute("SELECT 1") == [(1,)]


@RESYNCHRONIZED
@pytest.mark.parametrize("sql", UNREADABLE)
def test_a_syntax_error_leaves_the_connection_usable(client, sql):
    client.execute("SELECT 1")
    with pytest.raises(ServerException):
        ask(client.connection, sql)
    assert ask(client.connection, "SELECT 1") == [(1,)]


@pytest.mark.ours("a server takes what follows VALUES for rows that the client has read")
def test_a_statement_behind_rows_is_a_syntax_error(client):
    client.execute("SELECT 1")
    with pytest.raises(ServerException) as raised:
        ask(client.connection, "INSERT INTO t VALUES (1); DROP TABLE t")
    assert raised.value.code == ErrorCodes.SYNTAX_ERROR


@pytest.mark.ours("a server sends states, which the driver does not understand")
def test_the_message_of_a_refusal_says_what_to_do(client):
    with pytest.raises(ServerException, match="toString"):
        client.execute("SELECT sumState(number) FROM numbers(3)")


def test_too_much_memory_is_an_error_not_the_end(client):
    with pytest.raises(ServerException) as raised:
        client.execute("SELECT length(groupArray(toString(number))) FROM numbers(200000000)")
    assert raised.value.code == ErrorCodes.MEMORY_LIMIT_EXCEEDED
    assert client.execute("SELECT 1") == [(1,)]


def test_an_unknown_database_is_told_at_the_door(gateway):
    with gateway.client(database="no_such_database") as stranger, pytest.raises(ServerException) as raised:
        stranger.execute("SELECT 1")
    assert raised.value.code == ErrorCodes.UNKNOWN_DATABASE


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"user": "nobody"}, {"password": ""}, {"user": ""}])
def test_a_wrong_password_or_user_is_refused(gateway, wrong):
    with gateway.client(**wrong) as stranger, pytest.raises(ServerException) as raised:
        stranger.execute("SELECT 1")
    assert FAULTS.of(raised.value) is Fault.FATAL


@pytest.mark.since("20.4")
@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"user": "nobody"}])
def test_a_refusal_does_not_tell_whether_the_user_exists(gateway, wrong):
    with gateway.client(**wrong) as stranger, pytest.raises(ServerException) as raised:
        stranger.execute("SELECT 1")
    assert raised.value.code == AUTHENTICATION_FAILED


@pytest.mark.ours("a server compresses")
def test_compression_is_refused_with_what_to_do(gateway):
    with gateway.client() as plain:
        plain.execute("SELECT 1")
        plain.connection.compression = 1  # what compression=True sends, without the lz4 package
        with pytest.raises(ServerException, match="compression=False") as raised:
            plain.execute("SELECT 1")
    assert raised.value.code == ErrorCodes.UNKNOWN_COMPRESSION_METHOD


@pytest.mark.since("20.12")
def test_our_error_numbers_have_the_names_that_the_engine_gives_them(client):
    ours = {name: number for name, number in vars(codes).items() if name.isupper() and isinstance(number, int)}
    names = client.execute("SELECT errorCodeToName(number) FROM numbers(2000)")
    assert {name: names[number][0] for name, number in ours.items()} == {name: name for name in ours}
