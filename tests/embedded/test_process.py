"""Child processes end with us, however we end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from embedded.process import Child, tail
from tests.waiting import is_gone, until

# A parent whose child is started from a thread that ends at once, as a pool's would.
PARENT = """
import sys, threading
from pathlib import Path
from embedded.process import Child
def start():
    child = Child("sleeper", ["/bin/sleep", "600"], Path(sys.argv[1]), identity=sys.argv[2])
    print(child.pid, flush=True)
thread = threading.Thread(target=start); thread.start(); thread.join()
print("thread over", flush=True)
input()
"""
STUBBORN = ["/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.1; done"]


@pytest.mark.parametrize(
    "identity",
    [
        "same",
        pytest.param(
            "map:1000", marks=pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another identity")
        ),
    ],
)
def test_child_outlives_the_thread_but_not_the_process_that_started_it(tmp_path: Path, identity: str) -> None:
    argv = [sys.executable, "-c", PARENT, str(tmp_path / "log"), identity]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert parent.stdout.readline() == b"thread over\n"
        until(lambda: Path(f"/proc/{pid}/comm").read_text() == "sleep\n")
        parent.send_signal(signal.SIGKILL)
    until(lambda: is_gone(pid))


def test_child_that_ignores_the_request_is_killed(tmp_path: Path) -> None:
    child = Child("stubborn", STUBBORN, tmp_path / "log")
    until(lambda: tail(tmp_path / "log") == "up")
    child.stop(seconds=0.3)
    assert child.exit_code == -signal.SIGKILL


def test_grandchildren_end_with_the_child(tmp_path: Path) -> None:
    child = Child("family", ["/bin/sh", "-c", "sleep 600 & echo $!; wait"], tmp_path / "log")
    grandchild = int(until(lambda: tail(tmp_path / "log")))
    child.stop(seconds=2)
    until(lambda: is_gone(grandchild))


def test_missing_program_is_reported_in_the_log(tmp_path: Path) -> None:
    child = Child("nothing", ["/nonexistent/program"], tmp_path / "log")
    until(lambda: child.exit_code is not None)
    assert "FileNotFoundError" in tail(tmp_path / "log")
