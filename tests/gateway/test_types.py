"""Every type goes in through an INSERT and comes back the same: alone, in arrays, nullable, without rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from clickhouse_driver.errors import ErrorCodes, ServerException

from tests.gateway.process import ask

LONG = "long " * 100
UUIDS = [UUID("c0fcbba9-0752-44ed-a5d6-4dfb4342b89d"), UUID(int=0)]


def case(type_name, values, *, since=None):
    """`since`: the first version of ClickHouse that has the type, and asks for no permission to use it."""
    return pytest.param(type_name, values, id=type_name, marks=[pytest.mark.since(since)] if since else [])


CASES = [
    case("Bool", [True, False], since="21.12"),
    case("UInt8", [0, 255]),
    case("UInt16", [0, 65535]),
    case("UInt32", [0, 2**32 - 1]),
    case("UInt64", [0, 2**64 - 1]),
    case("UInt128", [0, 2**128 - 1], since="21.6"),
    case("UInt256", [0, 2**256 - 1], since="21.6"),
    case("Int8", [-128, 127]),
    case("Int16", [-(2**15), 2**15 - 1]),
    case("Int32", [-(2**31), 2**31 - 1]),
    case("Int64", [-(2**63), 2**63 - 1]),
    case("Int128", [-(2**127), 2**127 - 1], since="21.6"),
    case("Int256", [-(2**255), 2**255 - 1], since="21.6"),
    case("Float32", [0.0, -1.5, float("inf")]),
    case("Float64", [3.4028235e38, -1e-300]),
    case("String", ["", "ünï\x00cöde", "x" * 127, "x" * 128, LONG]),
    case("FixedString(5)", ["abc", "abcde"]),
    case("UUID", UUIDS),
    case("Date", [date(1970, 1, 1), date(2149, 6, 6)]),
    case("Date32", [date(1925, 1, 1), date(2283, 11, 11)], since="21.9"),
    case("DateTime", [datetime.fromisoformat("1970-01-01T00:00:01"), datetime.fromisoformat("2106-02-07T06:28:15")]),
    case("DateTime('UTC')", [datetime(2020, 2, 29, 12, 0, 0, tzinfo=UTC)]),
    case("DateTime64(6)", [datetime.fromisoformat("2020-02-29T12:00:00.123456")], since="20.1"),
    case("DateTime64(3, 'UTC')", [datetime(2020, 2, 29, 12, 0, 0, 123000, tzinfo=UTC)], since="20.1"),
    case("Decimal(9, 4)", [Decimal("-12345.6789")]),
    case("Decimal(18, 2)", [Decimal("1234567890123456.78")]),
    case("Decimal(38, 10)", [Decimal("-1234567890123456789012345678.1234567890")]),
    case("Decimal(76, 2)", [Decimal("1.25")], since="21.6"),
    case("Enum8('a' = -1, 'b,(\\'' = 2)", ["a", "b,('"]),
    case("Enum16('x' = 1000, 'y' = -1000)", ["x", "y"]),
    case("IPv4", [IPv4Address("10.0.0.1")], since="19.3.3"),
    case("IPv6", [IPv6Address("2001:db8::1")], since="19.3.3"),
    case("LowCardinality(String)", ["a", "", "a", LONG]),
    case("LowCardinality(Nullable(String))", [None, "a", None, ""]),
    case("LowCardinality(FixedString(3))", ["abc", "abd"]),
    case("Nullable(String)", [None, "", LONG]),
    case("Nullable(Decimal(18, 2))", [None, Decimal("1.50")]),
    case("Array(Int32)", [[], [1, -2, 3]]),
    case("Array(Array(String))", [[], [[]], [["a"], [], ["b", LONG]]]),
    case("Array(Nullable(UUID))", [[], [None, UUIDS[0]]]),
    case("Array(LowCardinality(String))", [[], ["a", "b", "a"]]),
    case("Array(LowCardinality(Nullable(String)))", [[], ["a", None, "a"]]),
    case("Array(Array(LowCardinality(String)))", [[], [[]], [["a"], ["b", "a"]]]),
    case("Tuple(UInt8, String)", [(1, "a"), (2, LONG)]),
    case("Tuple(a UInt8, `b c` Array(Nullable(String)))", [(1, ["x", None]), (2, [])]),
    case(
        "Array(Tuple(Date, LowCardinality(String)))",
        [[], [(date(2020, 1, 1), "a"), (date(2020, 1, 2), "b")]],
        since="19.14",
    ),
    case("Map(String, UInt64)", [{}, {"a": 1, "b": 2}], since="21.8"),
    case("Map(LowCardinality(String), Array(Int8))", [{}, {"a": [1], "b": []}], since="21.8"),
    case("SimpleAggregateFunction(sum, UInt64)", [7], since="19.8"),
    case("Point", [(1.5, -2.5)], since="22.6"),
    case("Polygon", [[[(0.0, 0.0), (1.0, 1.0), (0.0, 1.0)]]], since="22.6"),
]


@pytest.mark.parametrize(("type_name", "values"), CASES)
def test_values_of_a_type_come_back_the_same(client, type_name, values):
    client.execute(f"CREATE TABLE t (n UInt32, v {type_name}, last UInt8) ENGINE = MergeTree ORDER BY n")
    rows = [(number, value, 7) for number, value in enumerate(values)]
    assert client.execute("INSERT INTO t (n, v, last) VALUES", list(rows)) == len(rows)
    assert client.execute("SELECT n, v, last FROM t ORDER BY n") == rows
    assert client.execute("SELECT n, v, last FROM t WHERE n > 1000") == []


@pytest.mark.parametrize(("type_name", "values"), CASES)
def test_many_values_cross_the_borders_of_reads_and_blocks(client, type_name, values):
    client.execute(f"CREATE TABLE t (n UInt32, v {type_name}) ENGINE = Memory")
    rows = [(number, values[number % len(values)]) for number in range(3_000)]
    client.execute("INSERT INTO t VALUES", list(rows), settings={"insert_block_size": 1_100})
    assert client.execute("SELECT n, v FROM t ORDER BY n SETTINGS max_block_size = 700") == rows


def test_flattened_nested_columns_are_arrays(client):
    client.execute("CREATE TABLE t (n Nested(i Int32, s String)) ENGINE = Memory")
    client.execute("INSERT INTO t (n.i, n.s) VALUES", [([1, 2], ["a", "b"]), ([], [])])
    assert client.execute("SELECT n.i, n.s FROM t") == [([1, 2], ["a", "b"]), ([], [])]


@pytest.mark.since("20.10")
def test_unflattened_nested_columns_are_lists_of_tuples(client):
    client.execute("CREATE TABLE t (n Nested(i Int32, s String)) ENGINE = Memory", settings={"flatten_nested": 0})
    rows = [{"n": [{"i": 0, "s": "a"}, {"i": 1, "s": "b"}]}, {"n": []}]
    client.execute("INSERT INTO t (n) VALUES", rows)
    assert client.execute("SELECT * FROM t") == [([(0, "a"), (1, "b")],), ([],)]


def test_a_null_constant_comes_through(client):
    assert client.execute("SELECT NULL, [NULL], [], INTERVAL 3 DAY") == [(None, [None], [], 3)]


@pytest.mark.ours("a server carries them, or knows them not")
@pytest.mark.parametrize("type_name", ["JSON", "Variant(UInt8, String)", "Dynamic", "AggregateFunction(sum, UInt64)"])
def test_a_type_that_is_not_carried_is_refused_by_name(client, type_name):
    client.execute(f"CREATE TABLE t (v {type_name}) ENGINE = Memory")
    with pytest.raises(ServerException, match=type_name.partition("(")[0]) as raised:
        client.execute("INSERT INTO t VALUES", [(1,)])
    assert raised.value.code == ErrorCodes.UNKNOWN_TYPE


TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id, at, toString(at) FROM zoned ORDER BY id",
        "SELECT id, at, toString(at) FROM zoned_view ORDER BY id SETTINGS max_block_size = 1",
        "SELECT id, toTimeZone(plain, 'Asia/Tokyo') AS at, toString(at) FROM naive ORDER BY id",
    ],
)
def test_a_datetime_with_its_own_zone_comes_back_aware(client, sql):
    client.execute("CREATE TABLE zoned (id UInt8, at DateTime('Asia/Tokyo')) ENGINE = Memory")
    client.execute("CREATE VIEW zoned_view AS SELECT * FROM zoned")
    client.execute("CREATE TABLE naive (id UInt8, plain DateTime) ENGINE = Memory")
    moments = [datetime(2020, 2, 29, hour, tzinfo=TOKYO) for hour in (1, 12)]
    client.execute("INSERT INTO zoned VALUES", list(enumerate(moments)))
    client.execute("INSERT INTO naive VALUES", list(enumerate(moments)))
    rows = client.execute(sql)
    assert rows == [(n, moment, f"2020-02-29 {moment:%H:%M:%S}") for n, moment in enumerate(moments)]
    assert {row[1].utcoffset() for row in rows} == {timedelta(hours=9)}


def test_a_datetime_without_a_zone_comes_back_naive_in_utc(client):
    assert client.execute("SELECT toDateTime('2020-02-29 12:00:00')") == [
        (datetime.fromisoformat("2020-02-29T12:00:00"),)
    ]


@pytest.mark.ours("a server sends states, which the driver does not understand")
def test_a_type_that_is_not_carried_is_refused_beside_a_zoned_datetime_too(client):
    client.execute("SELECT 1")
    with pytest.raises(ServerException) as raised:
        ask(client.connection, "SELECT now('Asia/Tokyo'), sumState(number) FROM numbers(3)")
    assert raised.value.code == ErrorCodes.UNKNOWN_TYPE
    assert ask(client.connection, "SELECT 1") == [(1,)]
