"""The gateway as a process: starting, stopping, dying, owning its directory."""

from __future__ import annotations

import signal
import stat
import threading

import pytest
from clickhouse_driver.errors import Error

from tests.gateway.process import Gateway
from tests.waiting import until

PATIENCE = 120
RUNNING = "SELECT count() FROM system.processes WHERE query LIKE '%sipHash64%' AND query NOT LIKE '%processes%'"
DEDUPLICATED = "ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 1000"


def insert_batches(gateway, acknowledged: list[int]) -> None:
    """Insert numbered batches of ten rows until the gateway dies, noting each one that was acknowledged."""
    with gateway.client() as client:
        try:
            for batch in range(10_000):
                client.execute(
                    "INSERT INTO t VALUES",
                    [(batch, n) for n in range(10)],
                    settings={"insert_deduplication_token": f"batch-{batch}"},
                )
                acknowledged.append(batch)
        except (Error, EOFError, OSError):
            return


@pytest.mark.parametrize("batches", [20, *(pytest.param(n, marks=pytest.mark.long) for n in (1, 150))])
def test_nothing_acknowledged_is_lost_by_kill_9_and_tokens_survive_it(own_gateway, batches):
    gateway = own_gateway()
    with gateway.client() as client:
        client.execute(f"CREATE TABLE t (batch UInt32, n UInt32) {DEDUPLICATED}")
    acknowledged: list[int] = []
    writer = threading.Thread(target=insert_batches, args=(gateway, acknowledged))
    writer.start()
    until(lambda: len(acknowledged) >= batches)
    assert gateway.kill() == -signal.SIGKILL
    writer.join()

    gateway.start()
    with gateway.client() as client:
        stored = dict(client.execute("SELECT batch, count() FROM t GROUP BY batch"))
        assert set(acknowledged) <= set(stored) <= {*acknowledged, len(acknowledged)}
        assert set(stored.values()) == {10}
        insert_one = {"insert_deduplication_token": f"batch-{acknowledged[-1]}"}
        client.execute("INSERT INTO t VALUES", [(acknowledged[-1], n) for n in range(10)], settings=insert_one)
        assert client.execute("SELECT count() FROM t") == [(10 * len(stored),)]


def test_a_crash_leaves_no_spooled_rows_behind(own_gateway):
    gateway = own_gateway()
    leftover = gateway.path / "spool" / "half.native"
    leftover.write_bytes(b"half a block")
    gateway.kill()
    gateway.start()
    assert not leftover.exists()


def test_sigterm_ends_it_cleanly_with_idle_and_busy_clients(own_gateway):
    gateway = own_gateway()
    with gateway.client() as idle, gateway.client() as busy:
        idle.execute("CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a")
        idle.execute("INSERT INTO t VALUES", [(1,)])
        busy.execute("SELECT 1")
        busy.connection.send_query("SELECT sum(sipHash64(number)) FROM system.numbers")
        busy.connection.send_external_tables([])
        until(lambda: idle.execute(RUNNING) == [(1,)])
        assert gateway.terminate() == 0
    gateway.start()
    with gateway.client() as client:
        assert client.execute("SELECT a FROM t") == [(1,)]


def test_a_running_insert_is_finished_before_stopping(own_gateway):
    gateway = own_gateway()
    with gateway.client() as client:
        client.execute("CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a")
        connection = client.connection
        connection.send_query("INSERT INTO t SELECT number FROM numbers(3000000)")
        connection.send_external_tables([])
        assert gateway.terminate() == 0
    gateway.start()
    with gateway.client() as client:
        assert client.execute("SELECT count() FROM t") in ([(3_000_000,)], [(0,)])


def test_a_second_process_on_the_directory_is_told_who_has_it(our_gateway):
    second = our_gateway.spawn()
    output, errors = second.communicate(timeout=PATIENCE)
    assert (second.returncode, output) == (1, "")
    assert f"in use by another gateway (process {our_gateway.child.pid})" in errors
    assert "--path" in errors
    with our_gateway.client() as client:
        assert client.execute("SELECT 1") == [(1,)]


def test_a_port_that_is_taken_is_said_to_be(our_gateway, tmp_path):
    child = our_gateway.spawn("--path", str(tmp_path / "other"), "--port", str(our_gateway.port))
    _, errors = child.communicate(timeout=PATIENCE)
    assert child.returncode == 1
    assert f"Port {our_gateway.port} cannot be used" in errors


@pytest.mark.usefixtures("engine_wheel")
def test_an_empty_password_file_is_refused(tmp_path):
    gateway = Gateway(tmp_path)
    gateway.password_file.write_text("\n")
    child = gateway.spawn()
    _, errors = child.communicate(timeout=PATIENCE)
    assert child.returncode == 1
    assert "is empty" in errors


@pytest.mark.usefixtures("engine_wheel")
def test_a_directory_with_special_characters_is_refused(tmp_path):
    gateway = Gateway(tmp_path)
    child = gateway.spawn("--path", str(gateway.path) + "?x=1")
    _, errors = child.communicate(timeout=PATIENCE)
    assert child.returncode == 1
    assert "choose another" in errors


def test_the_directory_is_private(our_gateway):
    assert stat.S_IMODE(our_gateway.path.stat().st_mode) == 0o700


def test_it_says_nothing_but_ready_on_stdout(own_gateway):
    gateway = own_gateway()
    with gateway.client() as client:
        client.execute("SELECT 1")
    gateway.child.terminate()
    output, _ = gateway.child.communicate(timeout=PATIENCE)
    assert output == ""


def test_dates_fall_into_utc_partitions_whatever_the_machines_zone(own_gateway, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    gateway = own_gateway()
    with gateway.client() as client:
        sql = "SELECT toYYYYMM(toDateTime(1577836800)), timezone()"
        assert client.execute(sql) == [(202001, "UTC")]
