"""Rows in: what clickhouse-driver promises of inserts, and what must hold when the table refuses them."""

from __future__ import annotations

from datetime import date

import pytest
from clickhouse_driver.errors import ErrorCodes, ServerException, TypeMismatchError

from tests.gateway.process import ask

since, ours = pytest.mark.since, pytest.mark.ours


@pytest.fixture
def table(client):
    client.execute("CREATE TABLE t (a Int32, b String DEFAULT 'none') ENGINE = MergeTree ORDER BY a")
    return client


def rows_of(client, order="a"):
    return client.execute(f"SELECT * FROM t ORDER BY {order}")


def test_insert_by_rows_returns_their_number(table):
    assert table.execute("INSERT INTO t (a, b) VALUES", [(1, "x"), (2, "y")]) == 2
    assert rows_of(table) == [(1, "x"), (2, "y")]


def test_insert_of_no_rows(table):
    assert table.execute("INSERT INTO t (a) VALUES", []) == 0
    assert rows_of(table) == []
    assert table.execute("SELECT 1") == [(1,)]


def test_insert_by_columns(table):
    assert table.execute("INSERT INTO t VALUES", [[1, 2, 3], ["x", "y", "z"]], columnar=True) == 3
    assert rows_of(table) == [(1, "x"), (2, "y"), (3, "z")]


def test_insert_of_dictionaries(table):
    table.execute("INSERT INTO t VALUES", [{"b": "x", "a": 1}, {"b": "y", "a": 2}])
    assert rows_of(table) == [(1, "x"), (2, "y")]


def test_insert_from_a_generator(table):
    assert table.execute("INSERT INTO t (a) VALUES", ((n,) for n in range(3))) == 3
    assert rows_of(table) == [(0, "none"), (1, "none"), (2, "none")]


def test_insert_in_several_blocks(table):
    rows = [(n, str(n)) for n in range(10_000)]
    assert table.execute("INSERT INTO t VALUES", rows, settings={"insert_block_size": 999}) == 10_000
    assert rows_of(table) == rows


@pytest.mark.parametrize(
    "head",
    [
        "INSERT INTO t (b, a) VALUES",
        "insert into t(b, a) values",
        'INSERT INTO TABLE t (`b`, "a") VALUES;',
        "/* why */ INSERT INTO t -- here\n (b, a) FORMAT Native",
        "INSERT INTO t (b, a) FORMAT Values",
        pytest.param(
            "INSERT INTO t (b, a) SETTINGS max_threads = 1, log_comment = 'x, (y' VALUES", marks=since("21.1")
        ),
        "INSERT INTO `{database}`.t (b, a) VALUES",
    ],
)
def test_forms_of_the_head_with_a_column_list(table, database, head):
    table.execute(head.format(database=database), [("x", 1)])
    assert rows_of(table) == [(1, "x")]


@ours("a server leaves it to its client to read them, and the driver does not: each waits for the other")
def test_rows_in_the_statement_itself(table):
    table.execute("INSERT INTO t (a, b) VALUES (%(a)s, %(b)s), (2, 'y; z')", {"a": 1, "b": "x"})
    assert rows_of(table) == [(1, "x"), (2, "y; z")]


def test_insert_from_select(table):
    assert table.execute("INSERT INTO t (a) SELECT number FROM system.numbers LIMIT 3") == []
    assert rows_of(table) == [(0, "none"), (1, "none"), (2, "none")]


@since("19.14")
def test_insert_from_values_as_a_table(table):
    assert table.execute("INSERT INTO t SELECT * FROM values('a Int32, b String', (7, 'seven'))") == []
    assert rows_of(table) == [(7, "seven")]


def test_computed_columns_are_not_expected(client):
    client.execute(
        "CREATE TABLE t (a UInt8, m UInt8 MATERIALIZED a + 1, l UInt8 ALIAS a + 2, d UInt8 DEFAULT a + 3)"
        " ENGINE = Memory"
    )
    client.execute("INSERT INTO t VALUES", [(1, 9)])
    client.execute("INSERT INTO t (a) VALUES", [(1,)])
    assert client.execute("SELECT a, m, l, d FROM t ORDER BY d") == [(1, 2, 3, 4), (1, 2, 3, 9)]


@since("22.4")
def test_ephemeral_columns_are_not_expected_unless_named(client):
    client.execute(
        "CREATE TABLE t (a UInt8, m UInt8 MATERIALIZED a + 1, l UInt8 ALIAS a + 2, e UInt8 EPHEMERAL,"
        " d UInt8 DEFAULT a + e) ENGINE = Memory"
    )
    client.execute("INSERT INTO t VALUES", [(1, 9)])
    client.execute("INSERT INTO t (a, e) VALUES", [(1, 5)])
    assert client.execute("SELECT a, m, l, d FROM t ORDER BY d") == [(1, 2, 3, 6), (1, 2, 3, 9)]


def test_columns_with_odd_names(client):
    client.execute("CREATE TABLE t (`a b` UInt8, `c``d` String, `e(,)` UInt8) ENGINE = Memory")
    client.execute("INSERT INTO t (`e(,)`, `c``d`) VALUES", [(1, "x")])
    assert client.execute("SELECT * FROM t") == [(0, "x", 1)]


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("INSERT INTO missing (a) VALUES", ErrorCodes.UNKNOWN_TABLE),
        ("INSERT INTO t (zz) VALUES", ErrorCodes.NO_SUCH_COLUMN_IN_TABLE),
        pytest.param("INSERT INTO (a) VALUES", ErrorCodes.SYNTAX_ERROR, marks=since("19.17.6")),
        pytest.param("INSERT INTO t (* EXCEPT(b)) VALUES", ErrorCodes.NOT_IMPLEMENTED, marks=ours("a server does it")),
        pytest.param(
            "INSERT INTO FUNCTION null('a UInt8') VALUES", ErrorCodes.NOT_IMPLEMENTED, marks=ours("a server does it")
        ),
        pytest.param("INSERT INTO t (a) SETTINGS nope = 1 VALUES", ErrorCodes.UNKNOWN_SETTING, marks=since("21.1")),
    ],
)
def test_an_insert_that_cannot_be_is_refused_before_the_data(table, head, code):
    table.execute("SELECT 1")
    connection = table.connection
    with pytest.raises(ServerException) as raised:
        ask(connection, head)
    assert raised.value.code == code
    assert ask(connection, "SELECT 1") == [(1,)]


@pytest.mark.parametrize(
    ("table_sql", "values", "code"),
    [
        pytest.param(
            *("(a UInt32, CONSTRAINT small CHECK a < 10) ENGINE = MergeTree ORDER BY a", [(5,), (100,)], 469),
            marks=since("19.14"),
            id="check constraint",
        ),
        pytest.param(
            *("(a UInt32) ENGINE = MergeTree PARTITION BY a ORDER BY a", [(n,) for n in range(200)], 252),
            marks=since("19.5"),
            id="too many partitions",
        ),
        pytest.param("(a Int32) ENGINE = Log", [(5,)], 0, id="accepted"),
    ],
)
def test_rows_that_the_table_refuses_are_not_acknowledged(client, table_sql, values, code):
    client.execute(f"CREATE TABLE t {table_sql}")
    if code:
        with pytest.raises(ServerException) as raised:
            client.execute("INSERT INTO t VALUES", values)
        assert raised.value.code == code
    else:
        client.execute("INSERT INTO t VALUES", values)
    assert client.execute("SELECT count() FROM t") == [(0 if code else len(values),)]


def test_a_failing_materialized_view_is_reported(client):
    client.execute("CREATE TABLE t (a UInt32) ENGINE = MergeTree ORDER BY a")
    client.execute(
        "CREATE MATERIALIZED VIEW v ENGINE = MergeTree ORDER BY b AS SELECT toUInt8(throwIf(a = 5)) AS b FROM t"
    )
    with pytest.raises(ServerException) as raised:
        client.execute("INSERT INTO t VALUES", [(5,)])
    assert raised.value.code == 395


@since("19.5")
def test_150_monthly_partitions_fit_when_allowed(client):
    client.execute("CREATE TABLE t (day Date, n UInt32) ENGINE = MergeTree PARTITION BY toYYYYMM(day) ORDER BY n")
    rows = [(date(2005 + n % 150 // 12, n % 150 % 12 + 1, 1), n) for n in range(1_500)]
    client.execute("INSERT INTO t VALUES", rows, settings={"max_partitions_per_insert_block": 0})
    assert client.execute("SELECT count(), uniqExact(toYYYYMM(day)) FROM t") == [(1_500, 150)]


def test_a_type_mismatch_is_the_drivers_and_leaves_the_gateway_clean(table):
    with pytest.raises(TypeMismatchError):
        table.execute("INSERT INTO t (a) VALUES", [(date(2020, 1, 1),)])
    assert table.execute("INSERT INTO t (a) VALUES", [(1,)]) == 1


@ours("a server may keep the blocks that came")
def test_a_client_that_leaves_half_way_inserts_nothing(table, our_gateway, database):
    def rows():
        yield from ((n,) for n in range(5_000))
        raise RuntimeError("the client fails")

    with our_gateway.client(database=database) as failing, pytest.raises(RuntimeError):
        failing.execute("INSERT INTO t (a) VALUES", rows(), settings={"insert_block_size": 1_000})
    assert rows_of(table) == []
    assert list((our_gateway.path / "spool").iterdir()) == []


@since("22.2")
@pytest.mark.parametrize("settings_in_sql", [False, True])
def test_a_repeated_deduplication_token_inserts_once(client, settings_in_sql):
    client.execute(
        "CREATE TABLE t (a UInt32) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 100"
    )
    for token, values in [("one", [(1,), (2,)]), ("one", [(1,), (2,)]), ("two", [(1,), (2,)]), ("one", [(3,)])]:
        if settings_in_sql:
            client.execute(f"INSERT INTO t (a) SETTINGS insert_deduplication_token = '{token}' VALUES", values)
        else:
            client.execute("INSERT INTO t (a) VALUES", values, settings={"insert_deduplication_token": token})
    assert client.execute("SELECT a FROM t ORDER BY a") == [(1,), (1,), (2,), (2,)]


@since("22.2")
def test_a_token_covers_an_insert_of_several_blocks(client):
    client.execute(
        "CREATE TABLE t (a UInt32) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 100"
    )
    for _ in range(2):
        client.execute(
            "INSERT INTO t VALUES",
            [(n,) for n in range(5_000)],
            settings={"insert_deduplication_token": "x", "insert_block_size": 1_000},
        )
    assert client.execute("SELECT count() FROM t") == [(5_000,)]


@since("21.1")
def test_equal_data_without_a_token_is_deduplicated_as_by_a_server(client):
    client.execute(
        "CREATE TABLE t (a UInt32) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 100"
    )
    for _ in range(2):
        client.execute("INSERT INTO t VALUES", [(1,), (2,)])
    assert client.execute("SELECT count() FROM t") == [(2,)]
