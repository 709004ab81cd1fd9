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
