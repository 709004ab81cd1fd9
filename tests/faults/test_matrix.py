"""A fault in the middle of the load, for some seconds. Afterwards every review is complete, once, and all stores agree.

`make test` and `make test-all` run a few of these, shortly; `make faults` runs all of them, for 60 seconds each.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.codec import decode
from tests.faults.everything import only_in_make_faults
from tests.faults.world import World
from tests.waiting import until

REVIEWS = 600
SHIFTED = (str(Path(__file__).with_name("shifted_clock.py")),)
SERVERS = ("postgres", "kafka", "secantus", "valkey", "clickhouse")
BEHIND_A_PROXY = ("postgres", "kafka", "secantus", "clickhouse")
Fault = Callable[[World], AbstractContextManager[None]]


def slow(world: World, server: str) -> AbstractContextManager[None]:
    """100 ms more for each way."""
    return misbehaving(world, server, lambda: setattr(world.proxies[server], "delay", 0.1))


def silent(world: World, server: str) -> AbstractContextManager[None]:
    return misbehaving(world, server, world.proxies[server].block)


def torn(world: World, server: str) -> AbstractContextManager[None]:
    """Replies break off after some bytes, on whichever connection they come."""

    def tear() -> None:
        world.proxies[server].breaks_after = 1_500

    return misbehaving(world, server, tear)


@contextmanager
def misbehaving(world: World, server: str, begin: Callable[[], object]) -> Iterator[None]:
    begin()
    try:
        yield
    finally:
        world.proxies[server].heal()


def cases() -> Iterator[object]:
    """Every fault of every server; two of them run without `make faults`, too."""
    short = {("postgres", "torn"), ("clickhouse", "slow")}
    for server in SERVERS:
        faults = {"down": World.down, "frozen": World.frozen}
        if server in BEHIND_A_PROXY:
            faults |= {"slow": slow, "silent": silent, "torn": torn}
        for name, fault in faults.items():
            marks = pytest.mark.long if (server, name) in short else only_in_make_faults
            yield pytest.param(server, fault, id=f"{server}-{name}", marks=marks)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("server", "fault"), list(cases()))
def test_everything_completes_after_a_fault(
    world: World, source: str, seconds: float, server: str, fault: Callable[[World, str], AbstractContextManager[None]]
) -> None:
    before = world.parts.event_log.head()
    with world.workers():
        world.send(source, REVIEWS // 2)
        until(lambda: world.parts.event_log.head() > before + 100, 60)
        with fault(world, server):
            if server != "kafka":
                world.send(source, REVIEWS // 2, first=REVIEWS // 2 + 1)
            threading.Event().wait(seconds)  # the fault's length is the experiment
        if server == "kafka":
            world.send(source, REVIEWS // 2, first=REVIEWS // 2 + 1)
        world.settle(before, REVIEWS)


@only_in_make_faults
@pytest.mark.timeout(600)
@pytest.mark.parametrize("count", [2, 4])
def test_workers_that_come_and_go_lose_and_double_nothing(world: World, source: str, count: int) -> None:
    """A rebalance in the middle of the load: one member leaves in order, another is killed; both come back."""
    before = world.parts.event_log.head()
    with world.workers(streams=count):
        world.send(source, REVIEWS)
        until(lambda: world.parts.event_log.head() > before + 100, 60)
        for number, how in ((1, signal.SIGTERM), (count, signal.SIGKILL)):
            child = world.supervisors[f"streams-{number}"].unit.child
            assert child is not None
            child.process.send_signal(how)
        world.send(source, REVIEWS, first=REVIEWS + 1)
        world.settle(before, 2 * REVIEWS)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("days", [pytest.param(1, marks=only_in_make_faults), pytest.param(-1, marks=pytest.mark.long)])
def test_a_clock_that_is_a_day_off_changes_times_and_nothing_else(world: World, source: str, days: int) -> None:
    """Order comes from positions, and ids from content; so a worker may believe what it likes about the time."""
    before, began = world.parts.event_log.head(), datetime.now(UTC)
    with world.workers(program=SHIFTED, env={"REVIEWSTREAM_TEST_SHIFT": str(days * 86_400)}):
        world.send(source, REVIEWS)
        world.settle(before, REVIEWS)
    (stored,) = world.parts.event_log.read_after(before, 1)
    off = decode(stored.state).collected_at - began
    assert abs(off - timedelta(days=days)) < timedelta(minutes=10)
