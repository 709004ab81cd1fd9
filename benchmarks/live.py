"""What a rebuild does to the live version, how much memory it takes, and how good its estimate is.

    python benchmarks/live.py [--reviews 170000] [--name reviews]     (six events each: 1,020,000)

A worker tails the log while ten reviews a second are appended; the lag of an event is the time from its
commit until the live version has it. It is measured on an idle machine, and while the read model is rebuilt by
processes of its own, whose resident memory is sampled. Exit code 1 when the p99 of the lag passes 2 s, when memory
grows by more than a quarter from the first third of the rebuild to the last, or when what was left at a tenth of the way
was estimated wrong by more than a fifth.
"""

from __future__ import annotations

import multiprocessing
import random
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from statistics import mean, quantiles
from typing import Any, NamedTuple
from uuid import uuid4

import click
import psutil
from _history import history, open_log, open_parts, recorded, saga, servers
from rich.progress import Progress

from connectors.postgres import Pool, open_pool
from eventstore.log import EventLog
from eventstore.subscription import Subscription
from eventstore.tail import SharedTail, Wakeup
from projections import registry
from projections.rebuild.rebuild import rebuild
from projections.rebuild.shards import Sharded
from projections.runner import ProjectionHandler, ensure_live

SPAWN = multiprocessing.get_context("spawn")
LAG, GROWTH, OFF = 2.0, 1.25, 0.2
IDLE_SECONDS = 10
A_SECOND = 10


def follow(urls: tuple[str, str, str], name: str) -> None:
    """The worker of the live version, in a process of its own."""
    with open_parts(*urls, name) as (pool, store, source):
        assert isinstance(source, EventLog)
        handler = ProjectionHandler(pool, store, source)
        Subscription(handler, SharedTail(source, Wakeup(urls[0]))).run(threading.Event())


def build(urls: tuple[str, str, str], name: str, reports: Connection) -> None:
    """The rebuild, in a process of its own with its helpers; reports its progress, and finally its outcome."""
    with open_parts(*urls, name) as (pool, store, source):
        sharded = Sharded(partial(open_parts, *urls))
        with Progress(disable=True) as bar:
            task = bar.add_task(name, total=None)

            def moved(done: int, total: int) -> None:
                bar.update(task, completed=done, total=total)
                reports.send((done, total, bar.tasks[0].time_remaining))

            outcome = rebuild(pool, store, source, bulk=sharded.fill, progress=moved)
        reports.send(outcome.note)


class Report(NamedTuple):
    """Its progress, and its progress bar's estimate for the rest."""

    at: float
    done: int
    total: int
    left: float | None


class Lags:
    """Appends reviews at a fixed pace, and observes when the live version has them."""

    def __init__(self, log: EventLog, pool: Pool, name: str) -> None:
        self._log, self._pool, self._name = log, pool, name
        self._waiting: list[tuple[int, float]] = []
        self.found: list[float] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._append, self._look)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _append(self) -> None:
        chance = random.Random(2)
        while not self._stop.wait(1 / A_SECOND):
            stream = uuid4()
            made = [recorded(stream, version, event) for version, event in enumerate(saga(0, chance), 1)]
            result = self._log.append(made)
            self._waiting.append((result.last_position, time.monotonic()))

    def _look(self) -> None:
        while not self._stop.wait(0.01):
            with self._pool.connection() as connection:
                position = registry.live_or_fail(connection, self._name).position
            now = time.monotonic()
            while self._waiting and self._waiting[0][0] <= position:
                self.found.append(now - self._waiting.pop(0)[1])


@contextmanager
def process(target: Any, *args: Any) -> Iterator[Any]:
    made = SPAWN.Process(target=target, args=args)
    made.start()
    try:
        yield made
    finally:
        made.kill()
        made.join()


def resident(pid: int) -> float:
    """MB of a process and its helpers, what they share counted once each."""
    total = 0
    try:
        for one in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
            total += one.memory_info().rss
    except psutil.NoSuchProcess:
        return 0.0
    return total / 1e6


def percentiles(lags: list[float]) -> tuple[float, float]:
    cuts = quantiles(lags, n=100)
    return cuts[49], cuts[98]


def followed(connection: Connection, pid: int) -> tuple[list[Report], list[float], str, float]:
    """Each report, memory by time, the outcome, and when."""
    reports: list[Report] = []
    memory: list[float] = []
    began = time.monotonic()
    while True:
        if connection.poll(0.2):
            said = connection.recv()
            if isinstance(said, str):
                return reports, memory, said, time.monotonic() - began
            reports.append(Report(time.monotonic() - began, *said))
        memory.append(resident(pid))


@click.command()
@click.option("--reviews", default=170_000, show_default=True)
@click.option("--name", default="reviews", show_default=True)
def main(reviews: int, name: str) -> None:
    """Measure and print; exit code 1 when a bound is missed."""
    missed = []
    with servers() as urls, open_pool(urls[1], name="bench", size=4) as pool:
        log = open_log(urls[0])
        for batch in history(reviews):
            log.append(batch)
        with open_parts(*urls, name) as (models, store, source):
            ensure_live(models, store)
            print(f"{log.head():,} events; first version: {rebuild(models, store, source).seconds:.0f} s", flush=True)
        with process(follow, urls, name):
            lags = Lags(log, pool, name)
            time.sleep(IDLE_SECONDS)
            idle, lags.found = lags.found, []
            ours, theirs = SPAWN.Pipe(duplex=False)
            with process(build, urls, name, theirs) as building:
                reports, memory, note, seconds = followed(ours, building.pid)
            lags.stop()
        busy = lags.found
        print(f"rebuild: {seconds:.1f} s, {note}")
        print("live lag, idle:          p50 {:.3f} s, p99 {:.3f} s".format(*percentiles(idle)))
        p50, p99 = percentiles(busy)
        print(f"live lag, while rebuilt: p50 {p50:.3f} s, p99 {p99:.3f} s, of {len(busy)}")
        missed += ["lag"] if p99 > LAG else []
        third = len(memory) // 3
        first, last = mean(memory[third // 2 : third]), mean(memory[-third:-5])
        print(f"memory: {first:.0f} MB in the first third, {last:.0f} MB in the last, {max(memory):.0f} MB at most")
        missed += ["memory"] if last > first * GROWTH else []
        worst = 0.0
        for tenth in (1, 2, 5):
            report = next(each for each in reports if each.done >= each.total * tenth / 10 and each.left is not None)
            real = seconds - report.at
            off = report.left / real - 1
            worst = max(worst, abs(off))
            print(
                f"estimate at {report.done / report.total:.0%}: {report.left:.1f} s left, it took {real:.1f} s ({off:+.0%})"
            )
        missed += ["estimate"] if worst > OFF else []
        log._pool.close()  # noqa: SLF001 - this script opened it
    print("bounds missed: " + ", ".join(missed) if missed else "all bounds held")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
