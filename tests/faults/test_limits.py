"""A full disk, and a sink that takes nothing: work waits in the log and in Kafka, not in memory, and goes on afterwards."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from schemas.errors import TransientError
from tests.faults.everything import only_in_make_faults
from tests.faults.world import World
from tests.waiting import until

REVIEWS = 600
SINKS = ("clickhouse", "secantus")
MOST_RSS = 50 * 2**20
DISKS = {"postgres": "384m", "kafka": "192m", "secantus": "192m", "clickhouse": "192m"}
LEFT = {"postgres": 2**20, "kafka": 2**20, "secantus": 0, "clickhouse": 0}
"""Bytes that are still free on the full disk."""
ENDS = ("secantus",)
"""Who cannot go on when there is room again, and is ended by its own watch."""
PADDING = {"postgres": 0, "kafka": 0, "secantus": 6_000, "clickhouse": 0}
"""Letters more in a review: the raw store has 10 MB of its journal in reserve."""


@only_in_make_faults
@pytest.mark.timeout(600)
@pytest.mark.parametrize("sink", SINKS)
def test_a_blocked_sink_does_not_fill_the_memory(world: World, source: str, seconds: float, sink: str) -> None:
    before = world.parts.event_log.head()
    with world.workers():
        world.send(source, 4 * REVIEWS)  # caches and pools are as full as they get
        world.settle(before, 4 * REVIEWS)
        usual = world.rss()
        with world.frozen(sink):
            world.send(source, 4 * REVIEWS, first=4 * REVIEWS + 1)
            threading.Event().wait(seconds)  # the fault's length is the experiment
            grown = world.rss() - usual
        world.settle(before, 8 * REVIEWS)
    assert grown <= MOST_RSS, f"{grown / 2**20:.0f} MB more"


@pytest.fixture
def small_disk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory in which one server is alone on a small disk."""
    directory = tmp_path_factory.mktemp("small") / "data"
    mounted = directory / request.param
    mounted.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISKS[request.param]},mode=0711", "tmpfs", str(mounted)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("needs the right to mount a file system")
    yield directory
    subprocess.run(["umount", str(mounted)], check=True)


@only_in_make_faults
@pytest.mark.timeout(600)
@pytest.mark.parametrize("small_disk", DISKS, indirect=True)
def test_a_full_disk_delays_and_loses_nothing(small_disk: Path, seconds: float) -> None:
    """Servers refuse what has no room, or end when not even their journal fits; both are waited out."""
    server = next(path.name for path in small_disk.iterdir())
    world, ballast = World(small_disk), small_disk / server / "ballast"
    try:
        with world.workers():
            world.send("disk", REVIEWS)
            world.settle(0, REVIEWS)
            _fill(ballast, LEFT[server])
            with suppress(*((TransientError,) if server == "kafka" else ())):  # what it does not confirm is not ours
                world.send("disk", 4 * REVIEWS, first=REVIEWS + 1, padding=PADDING[server])
            threading.Event().wait(seconds)  # the fault's length is the experiment
            assert not (status := world.status()) or not status.quiet, "the disk was never full"
            if server in ENDS:
                until(lambda: world.stack.servers[server].pid is None)
            ballast.unlink()
            if world.stack.servers[server].pid is None:
                world.stack.start_one(server)
            until(world.answers, 60)
            if server == "kafka":
                world.send("disk", 4 * REVIEWS, first=REVIEWS + 1)
            world.settle(0, 5 * REVIEWS)
    finally:
        world.close()


def _fill(ballast: Path, left: int) -> None:
    free = os.statvfs(ballast.parent)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, free.f_bavail * free.f_frsize - left))
