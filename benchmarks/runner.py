"""Building the reviews read model: ours against the eventsourcing library's ProjectionRunner, on the same events.

    python benchmarks/runner.py [--reviews 5000] [--rounds 3]

Both read the same log, decode the same Avro and write the same tables by the same statements on one PostgreSQL; the
runner does so event by event, each with its position in one transaction, as the library has it. Ours also makes the
indexes for reading, compares with the live version, and switches. Rounds alternate. Exit code 1 below ten times.
"""

from __future__ import annotations

import sys
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

import click
from _history import TENANT, history, open_log, open_parts, servers
from eventsourcing.application import Application
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.conninfo import conninfo_to_dict

from connectors.postgres import open_pool
from eventstore.model import RecordedEvent
from projections.decoder import Decoded, decode_state
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.reviews import ReviewsProjector
from projections.rebuild.rebuild import rebuild
from projections.rebuild.shards import Sharded
from projections.runner import ensure_live
from projections.statements import in_schema
from telemetry.gc_tuning import freeze_gc

GOAL = 10.0
SCHEMA = "by_the_library"
PROJECTOR = ReviewsProjector()


class Stored:
    """Instead of the library's mapper, which knows its own events only: ours, decoded as our projections do."""

    def to_domain_event(self, stored: Any) -> Decoded:
        position = getattr(stored, "id", 0)
        event = RecordedEvent(
            position, TENANT, stored.originator_id, stored.originator_version, stored.topic, stored.state,
            stored.originator_id, None, None, None,
        )  # fmt: skip
        return Decoded(event, decode_state(event))


class Log(Application):
    """The event log as an application of the library."""

    def construct_mapper(self) -> Any:
        return Stored()


class View(PostgresTrackingRecorder):
    """The read model: the same tables and statements."""

    def apply(self, decoded: Decoded, tracking: Tracking) -> None:
        changes = PROJECTOR.prepare([decoded])
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            for name, parameter in PROJECTOR.statements:
                if parameter in changes:
                    cursor.execute(in_schema(f"postgres/sql/reviews/{name}", SCHEMA), {parameter: changes[parameter]})


class ByTheLibrary(Projection):
    """Every event by itself."""

    topics = tuple(sorted(PROJECTOR.topics))

    def process_event(self, domain_event: Decoded, tracking: Tracking) -> None:
        self.view.apply(domain_event, tracking)


@click.command()
@click.option("--reviews", default=5_000, show_default=True)
@click.option("--rounds", default=3, show_default=True)
def main(reviews: int, rounds: int) -> None:
    """Measure and print; exit code 1 when the goal is missed."""
    with servers() as (log_url, models_url, clickhouse_url), open_pool(models_url, name="bench", size=6) as pool:
        log = open_log(log_url)
        for batch in history(reviews):
            log.append(batch)
        head, store = log.head(), PostgresStore(pool, PROJECTOR)
        ensure_live(pool, store)
        sharded = Sharded(partial(open_parts, log_url, models_url, clickhouse_url))
        ratios = []
        for turn in range(rounds):
            freeze_gc()
            theirs = head / by_the_library(pool, log_url, models_url)
            began = perf_counter()
            outcome = rebuild(pool, store, log, bulk=sharded.fill)
            ours = head / (perf_counter() - began)
            ratios.append(ours / theirs)
            print(
                f"round {turn + 1}: ours {ours:8,.0f} events/s ({outcome.note}), library {theirs:7,.0f}, "
                f"{ratios[-1]:.1f} times",
                flush=True,
            )
            same(pool)
        log._pool.close()  # noqa: SLF001 - this script opened it
    print(f"median {median(ratios):.1f} times (goal {GOAL:g})")
    sys.exit(median(ratios) < GOAL)


def by_the_library(pool: Any, log_url: str, models_url: str) -> float:
    """Seconds until it has processed the last event that it is shown."""
    with pool.connection() as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
        connection.execute(in_schema("postgres/sql/reviews/tables", SCHEMA))
    named = conninfo_to_dict(models_url)
    environment = {
        "LOG_PERSISTENCE_MODULE": "eventstore.factory",
        "REVIEWSTREAM_EVENTSTORE_URL": log_url,
        "BYTHELIBRARY_PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(named["dbname"]),
        "POSTGRES_HOST": str(named["host"]),
        "POSTGRES_PORT": str(named.get("port", 5432)),
        "POSTGRES_USER": str(named["user"]),
        "POSTGRES_PASSWORD": str(named.get("password", "")),
        "POSTGRES_SCHEMA": SCHEMA,
    }
    last = len_of_log(log_url)
    began = perf_counter()
    with ProjectionRunner(
        application_class=Log, projection_class=ByTheLibrary, view_class=View, env=environment
    ) as runner:
        runner.wait(last, timeout=600)
        return perf_counter() - began


def len_of_log(log_url: str) -> int:
    """Position of the last event with a topic of the projection."""
    with open_pool(log_url, name="bench", size=1) as pool, pool.connection() as connection:
        row = connection.execute(
            "SELECT max(position) FROM events WHERE topic = ANY (%s)", [list(ByTheLibrary.topics)]
        ).fetchone()
    assert row is not None
    return int(row[0])


def same(pool: Any) -> None:
    """Both have the same rows."""
    for table in PROJECTOR.tables:
        with pool.connection() as connection:
            (difference,) = connection.execute(
                f"SELECT count(*) FROM (TABLE public.{table} EXCEPT TABLE {SCHEMA}.{table}) AS d"
            ).fetchone()
        assert difference == 0, f"{table} differs in {difference} rows"


if __name__ == "__main__":
    main()
