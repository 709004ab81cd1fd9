"""What clickhouse-driver promises of queries, against the gateway."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from clickhouse_driver import errors
from clickhouse_driver.errors import ErrorCodes, PartiallyConsumedQueryError, ServerException

since = pytest.mark.since
MOMENT = datetime.fromisoformat("2017-10-16T00:18:50")  # naive, as the driver gives a DateTime without a zone


def test_execute_returns_rows(client):
    assert client.execute("SELECT 1, 'a', [1, 2], NULL") == [(1, "a", [1, 2], None)]


@pytest.mark.parametrize(
    "sql",
    [
        "(SELECT 1 AS n) UNION ALL (SELECT 2)",
        pytest.param("FROM numbers(1, 2) SELECT toUInt8(number)", marks=since("22.12")),
        pytest.param(
            "WITH numbers AS (SELECT number FROM numbers(1, 2)) SELECT toUInt8(number) FROM numbers",
            marks=since("20.10"),
        ),
        "SELECT arrayJoin([1, 2])",
    ],
)
def test_forms_of_a_select(client, sql):
    assert sorted(client.execute(sql)) == [(1,), (2,)]


@since("20.10")
def test_an_insert_may_stand_after_with(client):
    client.execute("CREATE TABLE t (a UInt8) ENGINE = Memory")
    client.execute("WITH source AS (SELECT 7 AS a) INSERT INTO t SELECT a FROM source")
    assert client.execute("SELECT a FROM t") == [(7,)]


@since("19.5")
def test_progress_of_a_write_counts_what_was_written(client):
    client.execute("CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a")
    client.execute("INSERT INTO t SELECT number FROM numbers(1000)")
    assert client.last_query.progress.written_rows == 1_000
    client.execute("INSERT INTO t VALUES", [(1,), (2,)])
    assert client.last_query.progress.written_rows == 2


def test_a_large_result_arrives_whole_and_in_order(client):
    rows = client.execute("SELECT number, toString(number) FROM numbers(200000)")
    assert rows == [(n, str(n)) for n in range(200_000)]


def test_columnar_result(client):
    assert client.execute("SELECT number, number * 2 FROM numbers(3)", columnar=True) == [(0, 1, 2), (0, 2, 4)]


def test_columnar_result_of_several_blocks(client):
    columns = client.execute("SELECT number FROM numbers(100000)", columnar=True)
    assert columns == [tuple(range(100_000))]


def test_column_types_are_told(client):
    rows, types = client.execute("SELECT CAST(1 AS Int32) AS x, 'y' AS `a b`", with_column_types=True)
    assert (rows, types) == ([(1, "y")], [("x", "Int32"), ("a b", "String")])


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 AS x, 'a' AS y WHERE 0",
        "SELECT 1 AS x, 'a' AS y WHERE 0 -- a comment",
        "SELECT 1 AS x, 'a' AS y WHERE 0 SETTINGS max_threads = 1 FORMAT TSV;",
        pytest.param("SELECT 1 AS x, 'a' AS y WHERE 0 FORMAT TSV SETTINGS max_threads = 1;", marks=since("20.1")),
        "WITH 1 AS one SELECT one AS x, 'a' AS y FROM numbers(3) WHERE number > 5",
    ],
)
def test_column_types_are_told_for_an_empty_result(client, sql):
    assert client.execute(sql, with_column_types=True) == ([], [("x", "UInt8"), ("y", "String")])


def test_column_types_are_told_for_an_empty_show(client):
    assert client.execute("SHOW TABLES", with_column_types=True) == ([], [("name", "String")])


def test_statements_without_rows_return_an_empty_list(client):
    assert client.execute("CREATE TABLE t (a UInt8) ENGINE = Memory") == []
    assert client.execute("DROP TABLE t") == []


def test_execute_iter_streams_rows(client):
    stream = client.execute_iter("SELECT number FROM numbers(150000)", settings={"max_block_size": 10_000})
    assert [row[0] for row in stream] == list(range(150_000))


def test_execute_iter_can_be_followed_by_another_query(client):
    assert list(client.execute_iter("SELECT 1")) == [(1,)]
    assert list(client.execute_iter("SELECT 2")) == [(2,)]


def test_a_second_query_during_an_iteration_is_refused_by_the_driver_and_does_no_harm(client):
    client.execute_iter("SELECT 1")
    with pytest.raises(PartiallyConsumedQueryError):
        client.execute_iter("SELECT 1")
    assert client.execute("SELECT 1") == [(1,)]


def test_progress_of_a_short_query(client):
    progress = client.execute_with_progress("SELECT 2")
    assert list(progress)[-1][0] == 1
    assert progress.get_result() == [(2,)]


def test_progress_of_a_long_query_arrives_while_it_runs(client):
    progress = client.execute_with_progress(
        "SELECT max(sipHash64(number)) FROM numbers(60000000)", settings={"max_threads": 1}
    )
    told = list(progress)
    assert len(told) > 1
    assert told == sorted(told)
    assert told[-1][0] == pytest.approx(60_000_000, rel=0.001)  # old servers read to the end of a block
    assert len(progress.get_result()) == 1


@since("20.1")
def test_progress_knows_the_total(client):
    progress = client.execute_with_progress("SELECT max(number) FROM numbers(100000)")
    assert list(progress)[-1] == (100_000, 100_000)


def test_progress_of_a_failing_query_raises(client):
    with pytest.raises(ServerException):
        list(client.execute_with_progress("SELECT error"))


def test_profile_info_counts_the_result(client):
    client.execute("SELECT number FROM numbers(10) ORDER BY number LIMIT 5")
    info = client.last_query.profile_info
    assert (info.rows, info.blocks) == (5, 1)
    assert client.last_query.progress.rows == 10


@pytest.mark.parametrize(
    ("value", "cast", "expected"),
    [
        (123, "{}", 123),
        (None, "{}", None),
        ("it's \\ \t\n ünï", "{}", "it's \\ \t\n ünï"),
        ("100% -- /* FORMAT x; SELECT", "{}", "100% -- /* FORMAT x; SELECT"),
        (date(2017, 10, 16), "CAST({} AS Date)", date(2017, 10, 16)),
        (MOMENT, "CAST({} AS DateTime)", MOMENT),
        (Decimal("123.45"), "toDecimal64({}, 2)", Decimal("123.45")),
        (UUID("c0fcbba9-0752-44ed-a5d6-4dfb4342b89d"), "toUUID({})", UUID("c0fcbba9-0752-44ed-a5d6-4dfb4342b89d")),
        ([[1, 2], [3]], "{}", [[1, 2], [3]]),
        (1e-12, "{}", 1e-12),
    ],
)
def test_parameters_are_substituted(client, value, cast, expected):
    assert client.execute("SELECT " + cast.format("%(x)s"), {"x": value}) == [(expected,)]


def test_a_tuple_parameter_serves_in(client):
    assert client.execute("SELECT number FROM numbers(5) WHERE number IN %(x)s", {"x": (1, 3)}) == [(1,), (3,)]


def test_ping_pong(client):
    client.execute("SELECT 1")
    assert client.connection.ping() is True


def test_use_changes_the_database(client):
    client.execute("   USE     system   ; ")
    assert client.execute("SELECT currentDatabase()") == [("system",)]


def test_the_database_of_hello_is_the_default(client, database):
    assert client.execute("SELECT currentDatabase()") == [(database,)]


def test_temporary_tables_belong_to_one_connection(gateway, client, database):
    client.execute("CREATE TEMPORARY TABLE mine (a UInt8)")
    client.execute("INSERT INTO mine VALUES", [(1,)])
    assert client.execute("SELECT a FROM mine") == [(1,)]
    with gateway.client(database=database) as other, pytest.raises(ServerException) as raised:
        other.execute("SELECT a FROM mine")
    assert raised.value.code == ErrorCodes.UNKNOWN_TABLE


def test_external_tables_are_visible_to_their_query_only(client):
    tables = [
        {
            "name": "outside",
            "structure": [("x", "Int32"), ("y", "Array(Int32)")],
            "data": [{"x": 100, "y": [2, 4, 6, 8]}, {"x": 500, "y": [1, 3]}],
        }
    ]
    found = client.execute("SELECT * FROM outside ORDER BY x", external_tables=tables)
    assert found == [(100, [2, 4, 6, 8]), (500, [1, 3])]
    with pytest.raises(ServerException) as raised:
        client.execute("SELECT * FROM outside")
    assert raised.value.code == ErrorCodes.UNKNOWN_TABLE


def test_an_external_table_without_rows_is_empty(client):
    tables = [{"name": "outside", "structure": [("x", "Int32")], "data": []}]
    assert client.execute("SELECT count() FROM outside", external_tables=tables) == [(0,)]


def test_a_format_clause_does_not_change_the_answer(client):
    assert client.execute("SELECT 1 AS format, 'FORMAT JSON' FORMAT JSONEachRow") == [(1, "FORMAT JSON")]


def test_the_server_introduces_itself_as_clickhouse(client):
    client.execute("SELECT 1")
    info = client.connection.server_info
    told = (info.version_major, info.version_minor, info.version_patch)
    version = client.execute("SELECT version()")[0][0]
    assert (info.name, list(map(str, told))) == ("ClickHouse", version.split(".")[:3])
    assert client.execute("SELECT timezone()") == [(info.timezone,)]


def test_the_gateway_speaks_the_newest_revision_that_it_understands(our_gateway):
    with our_gateway.client() as client:
        client.execute("SELECT 1")
        info = client.connection.server_info
    assert (info.revision, info.timezone) == (54440, "UTC")


def test_errors_reset_the_query_info(client):
    with pytest.raises(errors.ServerException):
        client.execute("SELECT answer FROM universe")
    assert client.last_query is None
