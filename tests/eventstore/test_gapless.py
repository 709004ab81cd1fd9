"""No reader skips or repeats an event, whatever writers do: many at once, rolled back, killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
from psycopg_pool import ConnectionPool
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from connectors.databases import scripts_of
from connectors.migrations import migrate
from connectors.postgres import open_pool
from embedded.datadir import DataDir
from embedded.postgres import Postgres
from eventstore.log import Cursor, EventLog
from eventstore.model import AppendResult
from eventstore.tail import SharedTail, Wakeup
from schemas.errors import TransientError
from tests.eventstore.making import history

ROOT = Path(__file__).resolve().parents[2]
WRITERS = 8
patiently = retry(
    retry=retry_if_exception_type(TransientError), stop=stop_after_delay(30), wait=wait_fixed(0.1), reraise=True
)


@pytest.fixture
def server_of_its_own(tmp_path: Path) -> Iterator[str]:
    """A server whose crash disturbs no other test."""
    server = Postgres(DataDir(tmp_path))
    server.start()
    try:
        url = server.url("eventstore")
        migrate(url, scripts_of("eventstore"))
        yield url
    finally:
        server.stop()


def start_writer(url: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.eventstore.writer", url, *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def positions(log: EventLog) -> list[int]:
    return [e.position for e in patiently(log.read_after)(0, 1_000)]


@pytest.mark.parametrize("events", [16_000, pytest.param(100_000, marks=pytest.mark.long)])
def test_eight_writing_processes_and_a_reader_that_misses_nothing(log: EventLog, url: str, events: int) -> None:
    tail = SharedTail(log, Wakeup(url))
    writers = [start_writer(url, str(events // WRITERS)) for _ in range(WRITERS)]
    try:
        versions: dict[object, int] = {}
        position, deadline = 0, monotonic() + 240
        while position < events and monotonic() < deadline:
            for event in tail.read(position, 2_000, timeout=1.0):
                assert event.position == position + 1, "a gap or a repeat"
                assert event.version == versions.get(event.stream_id, 0) + 1, "a stream out of order"
                position, versions[event.stream_id] = event.position, event.version
        assert [writer.wait(60) for writer in writers] == [0] * WRITERS
        assert position == log.head() == log.count() == events
    finally:
        for writer in writers:
            end(writer)
        tail.close()


def test_an_append_in_progress_is_invisible_and_holds_back_later_ones(log: EventLog, pool: ConnectionPool) -> None:
    inside, go_on = Event(), Event()

    def pause(*_: object) -> None:
        inside.set()
        assert go_on.wait(30)

    with ThreadPoolExecutor(2) as writers:
        first = writers.submit(log.append, history(3), also=pause)
        assert inside.wait(30)
        second = writers.submit(log.append, history(2))
        assert log.head() == 0
        assert log.read_after(0, 10) == []
        assert not second.done()
        go_on.set()
        assert (first.result().last_position, second.result().last_position) == (3, 5)


def test_a_writer_killed_in_the_middle_of_an_append_leaves_no_gap_and_no_lock(log: EventLog, url: str) -> None:
    log.append(history(2))
    writer = start_writer(url, "50", "hold")
    try:
        assert writer.stdout is not None
        assert "middle" in writer.stdout.readline()
    finally:
        end(writer)
    assert log.append(history(2)).last_position == 4  # waits until the server has noticed
    assert positions(log) == [1, 2, 3, 4]


def test_a_backend_killed_in_the_middle_of_an_append_leaves_no_gap(server_of_its_own: str) -> None:
    given = history(500)

    def kill_our_backend(cursor: Cursor, _: AppendResult) -> None:
        os.kill(cursor.connection.info.backend_pid, signal.SIGKILL)

    with open_pool(server_of_its_own, name="test") as pool:
        log = EventLog(pool)
        log.append(history(2))
        with pytest.raises(TransientError, match="try again"):
            log.append(given, also=kill_our_backend)
        assert positions(log) == [1, 2]
        assert patiently(log.append)(given).last_position == 502
        assert positions(log) == list(range(1, 503))
