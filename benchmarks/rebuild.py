"""Rebuilding each read model from synthetic sagas, six events a review.

    python benchmarks/rebuild.py [--reviews 30000] [--rounds 3]

A throw-away embedded PostgreSQL and ClickHouse are started. A figure is the log's events divided by the time of a whole
rebuild: fill, indexes, and the switch; the first round has nothing to compare with, the later ones compare every
row with the live version. Exit code 1 when a goal is missed.
"""

from __future__ import annotations

import sys
from functools import partial
from time import perf_counter
from typing import Any

import click
import psutil
from _history import history, open_log, open_parts, servers, stores_on

from connectors.postgres import open_pool
from eventstore.log import EventLog
from projections.ports import ProjectionStore
from projections.rebuild.rebuild import rebuild
from projections.rebuild.shards import Sharded
from projections.runner import ensure_live
from telemetry.gc_tuning import gc_frozen

GOALS = {"reviews": 40_000, "saga_progress": 40_000, "failures": 40_000, "analytics": 100_000}


@click.command()
@click.option("--reviews", default=40_000, show_default=True)
@click.option("--rounds", default=3, show_default=True)
@click.option("--processes", default=2, show_default=True, help="That each fill a share; 0: this one alone.")
def main(reviews: int, rounds: int, processes: int) -> None:
    """Measure and print; exit code 1 when a goal is missed."""
    with servers() as (log_url, models_url, clickhouse_url), open_pool(models_url, name="bench", size=6) as pool:
        log = open_log(log_url)
        for batch in history(reviews):
            log.append(batch)
        stores = stores_on(pool, clickhouse_url)
        opening = partial(open_parts, log_url, models_url, clickhouse_url)
        sharded = Sharded(opening, shards=processes) if processes else None
        best = {store.name: max(measure(pool, store, log, sharded, n) for n in range(rounds)) for store in stores}
        log._pool.close()  # noqa: SLF001 - this script opened it
    missed = [name for name, rate in best.items() if rate < GOALS[name]]
    print("goals missed: " + ", ".join(missed) if missed else "all goals reached")
    sys.exit(bool(missed))


def cpu() -> float:
    """Seconds of CPU that this process, its helpers and the servers have used."""
    everyone = [psutil.Process(), *psutil.Process().children(recursive=True)]
    return sum(sum(process.cpu_times()[:4]) for process in everyone)


def measure(pool: Any, store: ProjectionStore, log: EventLog, sharded: Sharded | None, turn: int) -> float:
    ensure_live(pool, store)
    began, worked = perf_counter(), cpu()
    with gc_frozen():
        outcome = rebuild(pool, store, log, bulk=sharded.fill if sharded else None)
    seconds = perf_counter() - began
    rate, each = outcome.position / seconds, 1e6 * (cpu() - worked) / outcome.position
    print(
        f"{store.name:14} round {turn + 1}: {rate:9,.0f} events/s ({seconds:.2f} s, {each:.0f} us of CPU each; {outcome.note})",
        flush=True,
    )
    return rate


if __name__ == "__main__":
    main()
