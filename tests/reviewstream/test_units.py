"""How `status` tells of servers and workers."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from embedded import control
from embedded.state_file import State, StateFile, Unit
from operations.status.report import UnitStatus
from reviewstream.units import _unit, units
from tests.embedded.test_supervisor import STEADY, Bench
from tests.waiting import until

LOOP = "crash loop: ended 5 times within 300 s; "
SAID = (True, "http://127.0.0.1:4711")


def told(kind: str, **unit: object) -> UnitStatus:
    """Of a unit that answers."""
    given = Unit(kind=kind, log="it.log", phase="ready", **unit)
    return _unit(State(1, time.time(), "ready", {"it": given}), "it", SAID)


def test_a_worker_has_an_address_whatever_else_there_is_to_tell() -> None:
    found = told("worker", port=4711, note=LOOP)
    assert (found.detail, found.address) == (LOOP + SAID[1], SAID[1])


def test_a_worker_that_serves_nothing_and_a_server_have_none() -> None:
    assert told("worker").address is None
    assert told("server", port=5432).address is None


def test_a_supervisor_that_is_suspended_or_killed_is_seen(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    state = bench.up(steady=STEADY)
    try:
        assert units(bench.data)["supervisor"].ok
        os.kill(state.supervisor, signal.SIGSTOP)
        found = until(lambda: (one := units(bench.data)["supervisor"]).phase == "suspended" and one)
        assert (found.ok, f"kill -CONT {state.supervisor}" in found.detail) == (False, True)
    finally:
        os.kill(state.supervisor, signal.SIGKILL)
    until(lambda: control.running(bench.data) is None)
    until(lambda: {one.phase for one in units(bench.data).values()} == {"gone"})
    gone = units(bench.data)
    assert list(gone) == ["supervisor", "valkey", "steady"]
    assert "`reviewstream up`" in gone["supervisor"].detail
    bench.up(steady=STEADY)
    assert control.request_stop(bench.data)
    assert units(bench.data) == {}


def test_a_server_that_outlives_its_supervisor_is_named(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "600"]) as left:
        kept = StateFile(tmp_path, {name: Unit("server", "it.log", phase="ready") for name in ("kafka", "valkey")})
        kept.unit("kafka", pid=left.pid)
        found = units(tmp_path)
        assert {name: one.phase for name, one in found.items()} == {
            "supervisor": "gone",
            "kafka": "orphan",
            "valkey": "gone",
        }
        assert f"kill {left.pid}" in found["kafka"].detail
        kept.unit("kafka", since=0.0)  # another process that got its number since
        assert units(tmp_path)["kafka"].phase == "gone"
        left.kill()


def test_a_start_that_failed_is_told_and_a_stop_in_order_is_not(tmp_path: Path) -> None:
    kept = StateFile(tmp_path, {})
    kept.whole("stopped", error="kafka did not start: no space\nand more")
    assert units(tmp_path)["supervisor"].detail == "the last start failed: kafka did not start: no space"
    StateFile(tmp_path, {}).whole("stopped")
    assert units(tmp_path) == {}


def test_a_worker_that_is_suspended_is_seen() -> None:
    with subprocess.Popen(["sleep", "600"]) as it:
        os.kill(it.pid, signal.SIGSTOP)
        found = until(lambda: (one := told("worker", pid=it.pid, port=4711)).phase == "suspended" and one)
        assert not found.ok
        it.kill()


@pytest.mark.parametrize("answer", [None, (False, "OperationalError: [Errno 111] Connection refused")])
def test_a_server_that_runs_and_does_not_answer_is_not_called_ready(answer: tuple[bool, str] | None) -> None:
    unit = Unit(kind="server", log="it.log", phase="ready")
    found = _unit(State(1, time.time(), "ready", {"it": unit}), "it", answer)
    assert found.ok is (answer is None)
    assert found.phase == ("ready" if found.ok else "does not answer")
