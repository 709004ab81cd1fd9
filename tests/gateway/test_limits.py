"""What is too much, too old, too slow or no ClickHouse at all is told so and let go."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest
from clickhouse_driver.errors import ErrorCodes, ServerException
from clickhouse_driver.protocol import ServerPacketTypes

from embedded.gateway.wire import WireReader
from tests.gateway.process import PASSWORD, USER


def answer(stranger: socket.socket) -> tuple[int, bytes]:
    """The code of an exception packet and whatever follows, up to the end of the stream."""
    stranger.settimeout(10)
    reader = WireReader(lambda: stranger.recv(65536))
    assert reader.varint() == ServerPacketTypes.EXCEPTION
    code = reader.int32()
    reader.text(), reader.text(), reader.text()
    assert reader.byte() == 0
    assert reader.pending() == b""
    return code, stranger.recv(1)


def connect(gateway):
    return socket.create_connection(("127.0.0.1", gateway.port), timeout=10)


def test_an_old_client_is_told_to_upgrade(our_gateway):
    with our_gateway.client(client_revision=54032) as old, pytest.raises(ServerException, match="Upgrade") as raised:
        old.execute("SELECT 1")
    assert raised.value.code == ErrorCodes.NOT_IMPLEMENTED


def test_something_else_than_hello_is_refused(our_gateway):
    with connect(our_gateway) as stranger:
        stranger.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert answer(stranger) == (ErrorCodes.UNEXPECTED_PACKET_FROM_CLIENT, b"")


@pytest.mark.parametrize(
    ("packet", "code"),
    [
        (b"\x05", ErrorCodes.UNKNOWN_PACKET_FROM_CLIENT),
        (b"\x63", ErrorCodes.UNKNOWN_PACKET_FROM_CLIENT),
        (b"\x00", ErrorCodes.UNEXPECTED_PACKET_FROM_CLIENT),
        (b"\x02\x00", ErrorCodes.UNEXPECTED_PACKET_FROM_CLIENT),
        (b"\xff" * 12, ErrorCodes.INCORRECT_DATA),
    ],
)
def test_a_packet_out_of_place_ends_the_connection_with_a_word(our_gateway, packet, code):
    with our_gateway.client() as client:
        client.execute("SELECT 1")
        client.connection.socket.sendall(packet)
        assert answer(client.connection.socket) == (code, b"")


def test_connections_over_the_limit_are_told_so(own_gateway):
    gateway = own_gateway("--max-connections", "2")
    with gateway.client() as first, gateway.client() as second, gateway.client() as third:
        first.execute("SELECT 1")
        second.execute("SELECT 1")
        with pytest.raises(ServerException, match="--max-connections") as raised:
            third.execute("SELECT 1")
        assert raised.value.code == ErrorCodes.TOO_MANY_SIMULTANEOUS_QUERIES
        second.disconnect()
        deadline = time.monotonic() + 60
        while True:  # the place is free when the gateway has noticed
            try:
                assert third.execute("SELECT 1") == [(1,)]
                break
            except ServerException:
                assert time.monotonic() < deadline


def test_a_silent_client_is_let_go_and_an_idle_one_reconnects(own_gateway):
    gateway = own_gateway("--handshake-seconds", "2", "--idle-seconds", "2")
    with connect(gateway) as silent:
        silent.sendall(b"\x00\x0bClickHo")
        assert answer(silent) == (ErrorCodes.SOCKET_TIMEOUT, b"")
    with gateway.client() as idle:
        idle.execute("SELECT 1")
        before = idle.connection.socket
        before.settimeout(60)
        assert before.recv(1) == b""
        assert idle.execute("SELECT 1") == [(1,)]
        assert idle.connection.socket is not before


def test_a_client_that_stops_in_the_middle_of_an_insert_is_let_go(own_gateway):
    gateway = own_gateway("--receive-seconds", "2")
    with gateway.client() as client:
        client.execute("CREATE TABLE t (a UInt8) ENGINE = Memory")
        client.connection.send_query("INSERT INTO t VALUES")
        client.connection.send_external_tables([])
        assert client.connection.receive_packet().type == ServerPacketTypes.DATA
        assert answer(client.connection.socket) == (ErrorCodes.SOCKET_TIMEOUT, b"")


def test_an_insert_over_the_limit_is_refused_and_nothing_of_it_stays(own_gateway):
    gateway = own_gateway("--max-insert-bytes", "100000")
    with gateway.client() as client:
        client.execute("CREATE TABLE t (a UInt64) ENGINE = Memory")
        with pytest.raises(ServerException, match="smaller") as raised:
            client.execute("INSERT INTO t VALUES", [[1] * 20_000], columnar=True)
        assert raised.value.code == ErrorCodes.TOO_MANY_BYTES
        assert client.execute("INSERT INTO t VALUES", [[1] * 10_000], columnar=True) == 10_000
        assert client.execute("SELECT count() FROM t") == [(10_000,)]
    assert list((gateway.path / "spool").iterdir()) == []


def test_a_large_result_does_not_pass_through_memory_whole(own_gateway):
    gateway = own_gateway()
    with gateway.client(user=USER, password=PASSWORD) as client:
        client.execute("SELECT number FROM numbers(1000000) FORMAT Null")
        before = peak_memory(gateway.child.pid)
        client.connection.send_query("SELECT number FROM numbers(40000000)")
        client.connection.send_external_tables([])
        received = 0
        while received < 300_000_000:
            received += len(client.connection.socket.recv(1 << 20))
        assert peak_memory(gateway.child.pid) - before < 100_000_000


def peak_memory(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024
