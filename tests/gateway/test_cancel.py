"""A running query ends when its client cancels or goes away."""

from __future__ import annotations

import socket
import threading
import time

import pytest
from clickhouse_driver.errors import ErrorCodes, ServerException
from clickhouse_driver.protocol import ServerPacketTypes

from tests.gateway.process import ask, finish
from tests.waiting import crowding, until

END_OF_STREAM = bytes([ServerPacketTypes.END_OF_STREAM])
RUNNING = "SELECT count() FROM system.processes WHERE query LIKE '%AS abandoned%' AND query NOT LIKE '%processes%'"


def start(client, sql):
    client.execute("SELECT 1")
    client.connection.send_query(sql)
    client.connection.send_external_tables([])
    return client.connection


def test_cancelling_an_endless_stream_ends_it_and_the_connection_goes_on(client):
    connection = start(client, "SELECT number FROM system.numbers")
    while connection.receive_packet().type != ServerPacketTypes.DATA:
        pass
    connection.send_cancel()
    finish(connection)
    assert ask(connection, "SELECT 1") == [(1,)]


def test_cancelling_a_query_that_has_no_rows_yet(client):
    connection = start(client, "SELECT sum(sipHash64(number)) FROM system.numbers")
    began = time.monotonic()
    connection.send_cancel()
    finish(connection)
    assert time.monotonic() - began < 5 * crowding()
    assert ask(connection, "SELECT 1") == [(1,)]


@pytest.mark.ours("a server may end a cancelled write as if it were done")
def test_a_cancelled_write_is_an_error_not_an_acknowledgement(client):
    client.execute("CREATE TABLE t (a UInt64) ENGINE = Memory")
    connection = start(client, "INSERT INTO t SELECT sipHash64(number) FROM system.numbers WHERE number % 1000 = 0")
    connection.send_cancel()
    with pytest.raises(ServerException) as raised:
        finish(connection)
    assert raised.value.code == ErrorCodes.QUERY_WAS_CANCELLED
    assert ask(connection, "SELECT 1") == [(1,)]


@pytest.mark.ours("a server may end a cancelled write as if it were done")
def test_cancelling_an_insert_before_its_data(client):
    client.execute("CREATE TABLE t (a UInt64) ENGINE = Memory")
    connection = start(client, "INSERT INTO t VALUES")
    assert connection.receive_packet().type == ServerPacketTypes.DATA
    connection.send_cancel()
    with pytest.raises(ServerException, match="nothing was inserted"):
        finish(connection)
    assert ask(connection, "SELECT count() FROM t") == [(0,)]


def test_data_that_looks_like_a_cancel_packet_is_data(client):
    client.execute("CREATE TABLE t (a UInt8) ENGINE = Memory")

    def slowly():
        for _ in range(5):
            time.sleep(0.06)  # so that reading lasts longer than the watcher's interval
            yield from [(3,)] * 1_000

    client.execute("INSERT INTO t VALUES", slowly(), settings={"insert_block_size": 1_000})
    assert client.execute("SELECT count(), min(a), max(a) FROM t") == [(5_000, 3, 3)]


def test_a_late_cancel_does_no_harm(client):
    progress = client.execute_with_progress("SELECT 2")
    until(lambda: client.connection.socket.recv(1 << 16, socket.MSG_PEEK).endswith(END_OF_STREAM))
    assert client.cancel() == [(2,)]
    del progress
    assert ask(client.connection, "SELECT 3") == [(3,)]


@pytest.mark.parametrize(
    "what", ["number", pytest.param("sum(sipHash64(number))", marks=pytest.mark.since("20.6"), id="nothing to send")]
)
def test_a_query_ends_when_its_client_goes_away(gateway, database, client, what):
    with gateway.client(database=database) as leaving:
        start(leaving, f"SELECT {what} AS abandoned FROM system.numbers")
        until(lambda: client.execute(RUNNING) == [(1,)])
    until(lambda: client.execute(RUNNING) == [(0,)])


def test_a_long_query_does_not_hold_up_another_client(gateway, database, client):
    with gateway.client(database=database) as busy:
        connection = start(busy, "SELECT sum(sipHash64(number)) FROM system.numbers SETTINGS max_threads = 1")
        assert client.execute("SELECT 1") == [(1,)]
        connection.send_cancel()
        finish(connection)


def test_clients_write_and_read_at_once(gateway, database, client):
    client.execute("CREATE TABLE t (writer UInt8, n UInt32) ENGINE = MergeTree ORDER BY (writer, n)")
    failures = []

    def work(writer):
        try:
            with gateway.client(database=database) as own:
                for batch in range(5):
                    own.execute("INSERT INTO t VALUES", [(writer, batch * 100 + n) for n in range(100)])
                    mine = own.execute("SELECT count() FROM t WHERE writer = %(w)s", {"w": writer})
                    assert mine == [((batch + 1) * 100,)]
        except Exception as error:  # noqa: BLE001 - handed to the main thread, which fails with it
            failures.append(error)

    threads = [threading.Thread(target=work, args=(writer,)) for writer in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert client.execute("SELECT count(), uniqExact(writer, n) FROM t") == [(3_000, 3_000)]
