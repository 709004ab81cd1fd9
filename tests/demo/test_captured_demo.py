"""`make demo CDC=1`: the whole demo on a stack of its own, with Debezium as publisher."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.untraced import untraced

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Runs `reviewstream ARGS` in a directory of its own, and leaves nothing running however that ends."""
    environment = {**untraced(), "REVIEWSTREAM_PUBLIC_TOPICS": "debezium", "COLUMNS": "200"}

    def ran(*args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "reviewstream", *args, "--data-dir", str(tmp_path / "data")]
        return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False, env=environment)

    yield ran
    assert ran("down").returncode == 0


@pytest.mark.long
def test_every_event_of_the_log_stands_in_the_public_topics(run: Run) -> None:
    done = run("demo", "--cdc")
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    [head] = re.findall(r"event log, PostgreSQL and ClickHouse agree \(\d+ checks at position (\d+)\)", done.stdout)
    [(published, publisher)] = re.findall(r"(\d+) events are in the public topics, published by (\w+)", done.stdout)
    assert (published, publisher) == (head, "debezium")
    assert int(head) > 6 * 500, "six events for each of some hundred reviews"
    standing = dict(re.findall(r"^(\w+) +RUNNING +(RUNNING)\b", done.stdout, re.MULTILINE))
    assert standing.keys() == {"outbox", "tenants", "raw_reviews"}
