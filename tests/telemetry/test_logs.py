"""Logs are one JSON object a line on stderr, with the process's name, whoever logs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import logging, structlog
from telemetry import logs
logs.configure("info", process="tester")
log = structlog.get_logger("here")
log.debug("too.fine")
log.info("ours", count=2)
logging.getLogger("library").warning("theirs %s", 3)
logging.getLogger("library").info("too fine for a library")
try:
    1 / 0
except ZeroDivisionError:
    log.exception("broken")
"""


def test_every_line_is_json_with_process_level_and_time(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = subprocess.run([sys.executable, script], capture_output=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert done.stdout == b""
    assert [(line["event"], line["level"], line["process"]) for line in lines] == [
        ("ours", "info", "tester"),
        ("theirs 3", "warning", "tester"),
        ("broken", "error", "tester"),
    ]
    assert all(line["timestamp"].endswith("Z") for line in lines)
    assert "ZeroDivisionError" in lines[2]["exception"]


WITHHELD = """
import logging, sys, warnings
from telemetry import logs
logs.configure("info", process="tester")
logging.getLogger("library").warning(" ".join(sys.argv[1:]))
async def forgotten(): ...
forgotten()
"""


def test_a_line_that_would_say_nothing_says_who_spoke_and_where(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(WITHHELD)
    done = subprocess.run([sys.executable, script, "Anna", "Example"], capture_output=True, check=True)
    withheld, warned = (json.loads(line) for line in done.stderr.splitlines())
    assert (withheld["event"], withheld["logger"], withheld["at"]) == (
        "library.text_withheld",
        "library",
        ["script.py:5"],
    )
    assert warned["warning"] == "RuntimeWarning: coroutine *** was never awaited"


def test_the_helper_of_multiprocessing_writes_nothing_into_the_log(tmp_path: Path) -> None:
    """It outlives a process that was killed, and tells in plain text what it cleaned up."""
    script = tmp_path / "script.py"
    script.write_text(
        "import multiprocessing, os, signal\nfrom telemetry import logs\nlogs.quieten_helpers()\n"
        "kept = multiprocessing.get_context('spawn').Lock()\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (-9, b"")
