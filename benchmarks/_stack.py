"""A throw-away embedded stack with workers for the benchmarks, and publishing to it until everything is done."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from embedded import control
from projections import registry
from reviewstream.bootstrap import Bootstrap, with_urls
from reviewstream.settings import load
from sources.files.mapping import FieldMapping
from sources.files.row_reader import Row
from sources.publishing.checkpoint import Checkpoint
from sources.publishing.envelope import Envelope
from sources.publishing.publisher import Publishing

TENANT = "bench"
EVENTS_A_REVIEW = 6


@contextmanager
def running_stack(environment: Mapping[str, str] | None = None) -> Iterator[Bootstrap]:
    """The stack in a directory of its own, with one tenant; `environment` has settings for its workers."""
    with (
        tempfile.TemporaryDirectory(prefix="reviewstream-bench-") as directory,
        stack_on(Path(directory) / "data", environment) as parts,
    ):
        parts.tenants.create(TENANT)
        yield parts


@contextmanager
def stack_on(data_dir: Path, environment: Mapping[str, str] | None = None) -> Iterator[Bootstrap]:
    """The stack on a directory that may have data from before."""
    os.environ.update(environment or {})
    settings = load(data_dir=data_dir)
    up = [sys.executable, "-m", "reviewstream", "up", "--detach", "--data-dir", str(data_dir)]
    subprocess.run(up, check=True)
    try:
        with Bootstrap(with_urls(settings, control.urls(data_dir)), process="bench") as parts:
            yield parts
    finally:
        control.request_stop(data_dir)


def publish_and_wait(parts: Bootstrap, rows: Iterable[Row], run: str) -> float:
    """Seconds from the first message sent to the last event projected, every saga complete."""
    head = parts.event_log.head()
    checkpoint, publishing = Checkpoint(None, run, ""), Publishing(parts.producer, parts.ledger)
    began = time.perf_counter()
    for _ in publishing.send(rows, Envelope(TENANT, run, run, FieldMapping()), checkpoint):
        pass
    accepted = publishing.wait(checkpoint).accepted
    target = head + EVENTS_A_REVIEW * accepted
    wait_until(lambda: parts.event_log.head() >= target, "the sagas")
    wait_until(lambda: projected(parts) >= target, "the projections")
    return time.perf_counter() - began


def projected(parts: Bootstrap) -> int:
    """The position of the projection that is furthest behind."""
    with parts.readmodels_pool.connection() as connection:
        return min(version.position for version in registry.versions(connection) if version.state == "live")


def wait_until(holds: Callable[[], bool], what: str, *, limit: float = 600.0, every: float = 0.05) -> None:
    """Poll until it holds."""
    deadline = time.monotonic() + limit
    while not holds():
        if time.monotonic() > deadline:
            sys.exit(f"{what} did not finish within {limit:.0f} s")
        time.sleep(every)
