"""Appending and scanning, ours beside the eventsourcing library's PostgresApplicationRecorder on the same server.

    python benchmarks/append.py [--url URL] [--rounds 3]

Without --url a throw-away embedded PostgreSQL is started (fsync on). Rounds alternate between the two, so that a
busy machine slows both; figures are medians. Python's garbage collector is set as our workers set it, for both.
Exit code 1 when a ratio misses its goal.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Barrier, Thread
from time import perf_counter
from typing import Any
from uuid import uuid4

import click
import psycopg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from connectors.databases import scripts_of
from connectors.migrations import migrate
from connectors.postgres import open_pool
from eventstore.group import GroupCommit
from eventstore.log import EventLog
from eventstore.model import NewEvent
from telemetry.gc_tuning import freeze_gc

TENANT = uuid4()
STATE = bytes(500)  # about what a collected review weighs
CALLERS = 64
GOALS = {"batches of 1,000": 5.0, f"{CALLERS} concurrent single appends": 20.0}
Rate = Callable[[], float]


def new_events(count: int) -> list[NewEvent]:
    return [NewEvent(TENANT, uuid4(), 1, "review.collected", STATE, uuid4()) for _ in range(count)]


def stored_events(count: int) -> list[StoredEvent]:
    return [StoredEvent(uuid4(), 1, "review.collected", STATE) for _ in range(count)]


def rate(count: int, work: Callable[[], object]) -> float:
    """Events a second."""
    gc.collect()
    began = perf_counter()
    work()
    return count / (perf_counter() - began)


def ours_batches(log: EventLog, batches: int = 20, size: int = 1_000) -> float:
    given = [new_events(size) for _ in range(batches)]
    return rate(batches * size, lambda: [log.append(events) for events in given])


def theirs_batches(recorder: PostgresApplicationRecorder, batches: int = 10, size: int = 1_000) -> float:
    given = [stored_events(size) for _ in range(batches)]
    return rate(batches * size, lambda: [recorder.insert_events(events) for events in given])


def singles(append: Callable[[Any], object], given: list[Any]) -> float:
    """CALLERS threads, each appending one event after the other and waiting for each."""
    shares = [given[n::CALLERS] for n in range(CALLERS)]
    start = Barrier(CALLERS + 1)

    def call(share: list[Any]) -> None:
        start.wait()
        for event in share:
            append(event)

    callers = [Thread(target=call, args=(share,)) for share in shares]
    for caller in callers:
        caller.start()

    def run() -> None:
        start.wait()
        for caller in callers:
            caller.join()

    return rate(len(given), run)


def ours_singles(log: EventLog, each: int = 200) -> float:
    group = GroupCommit(log)
    try:
        return singles(lambda event: group.append([event]).result(), new_events(CALLERS * each))
    finally:
        group.close()


def theirs_singles(recorder: PostgresApplicationRecorder, each: int = 10) -> float:
    return singles(lambda event: recorder.insert_events([event]), stored_events(CALLERS * each))


def big_append(log: EventLog, size: int = 50_000) -> float:
    given = new_events(size)
    return rate(size, lambda: log.append(given))


def scan(log: EventLog) -> float:
    return rate(log.head(), lambda: sum(map(len, log.scan())))


@contextmanager
def server(url: str | None) -> Iterator[str]:
    """The URL of a database of our own, on the given server or on a throw-away one."""
    if url is not None:
        name = f"bench_{uuid4().hex[:8]}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            yield make_conninfo(url, dbname=name)
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        return
    from embedded.datadir import DataDir
    from embedded.postgres import Postgres

    with TemporaryDirectory(prefix="append-bench-") as directory:
        postgres = Postgres(DataDir(Path(directory)))
        postgres.start()
        try:
            yield postgres.url("eventstore")
        finally:
            postgres.stop()


@contextmanager
def library_recorder(url: str) -> Iterator[PostgresApplicationRecorder]:
    """As many connections as the library is at its best with."""
    parts = conninfo_to_dict(url)
    names = {name: str(parts.get(name) or "") for name in ("dbname", "host", "port", "user", "password")}
    with PostgresDatastore(**names, pool_size=10, max_overflow=10) as datastore:
        recorder = PostgresApplicationRecorder(datastore)
        recorder.create_table()
        yield recorder


def compare(name: str, ours: Rate, theirs: Rate, rounds: int) -> bool:
    """Alternate, print medians and their ratio; True when the goal is reached."""
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    mine, library = median(p[0] for p in pairs), median(p[1] for p in pairs)
    ratio = mine / library
    print(f"{name:32} {mine:9,.0f}/s   library {library:8,.0f}/s   {ratio:5.1f} times (goal {GOALS[name]:.0f})")
    return ratio >= GOALS[name]


@click.command()
@click.option("--url", help="A PostgreSQL where a database may be created.")
@click.option("--rounds", default=3, show_default=True)
def main(url: str | None, rounds: int) -> None:
    with server(url) as database, library_recorder(database) as recorder:
        migrate(database, scripts_of("eventstore"))
        with open_pool(database, name="bench") as pool:
            log = EventLog(pool)
            freeze_gc()
            ours_batches(log), theirs_batches(recorder)  # the server's first log segments and caches
            batches, concurrent = GOALS
            reached = [
                compare(batches, lambda: ours_batches(log), lambda: theirs_batches(recorder), rounds),
                compare(concurrent, lambda: ours_singles(log), lambda: theirs_singles(recorder), rounds),
            ]
            print(f"{'one append of 50,000':32} {median(big_append(log) for _ in range(rounds)):9,.0f}/s")
            print(f"{'scan':32} {median(scan(log) for _ in range(rounds)):9,.0f}/s")
    sys.exit(not all(reached))


if __name__ == "__main__":
    main()
