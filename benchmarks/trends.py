"""How long the questions by week and month take on many reviews, in the database and with the driver.

    python benchmarks/trends.py [--reviews 1000000] [--rounds 15]

Synthetic facts of one tenant are loaded into a throw-away embedded ClickHouse: three years, 5 sources, 4 labels, 20 topics, each
review about one or two. Rollups are filled from them by the statements that repair them. Figures are the median and the slowest
of all rounds, in milliseconds of wall time; for comparison, the same question on the facts themselves. Exit code 1 when an
answer's median takes longer than GOAL.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any
from uuid import uuid4

import click
from _history import servers
from clickhouse_driver import Client

from connectors.postgres import open_pool
from projections.clickhouse import schema
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.clickhouse.rollup_correction import ROLLUPS
from projections.queries.metrics import Metrics
from projections.queries.trends import ALL_TOPICS, Trends
from projections.runner import ensure_live

GOAL = 100.0
TENANT = uuid4()
BEGIN, DAYS = date(2022, 1, 3), 1095
FACTS = """
INSERT INTO {database}.review_facts
SELECT '{tenant}', toDate32('2022-01-03') + intDiv(number * 1095, {count}), generateUUIDv4(), concat('source-', toString(rand(1) % 5)),
    '', 'en', ['positive', 'positive', 'neutral', 'negative', 'undetermined'][rand(2) % 5 + 1],
    (rand(3) % 20000 - 10000.) / 10000, 1 + rand(4) % 5,
    arrayMap(t -> concat('topic-', toString(t)), arrayDistinct([rand(5) % 20, rand(6) % 30 % 20])) AS topics,
    arrayResize([0.7, 0.3], length(topics)), 1, 'p1', number + 1, 0
FROM numbers({count})
"""
RAW = """
SELECT toMonday(date) AS week, source, label, topic, count(), avg(rating) FROM {database}.review_facts FINAL
ARRAY JOIN topic_ids AS topic WHERE tenant_id = '{tenant}' GROUP BY week, source, label, topic
"""


@click.command()
@click.option("--reviews", default=1_000_000, show_default=True)
@click.option("--rounds", default=15, show_default=True)
def main(reviews: int, rounds: int) -> None:
    """Measure and print."""
    with servers() as (_, models_url, clickhouse_url), open_pool(models_url, name="bench", size=2) as pool:
        connect = partial(Client.from_url, clickhouse_url)
        store = ClickHouseStore(pool, connect)
        live = ensure_live(pool, store)
        load(store, live.target, reviews)
        trends, metrics = Trends(pool, connect), Metrics(pool, connect)
        span = {"since": BEGIN, "until": BEGIN + timedelta(days=DAYS)}
        asked: dict[str, Callable[[], Any]] = {
            "metrics by day": lambda: metrics.by_day(TENANT, **span),
            "metrics by source": lambda: metrics.by_origin("source", TENANT, **span),
            "trends by week": lambda: trends.by_period("week", TENANT, **span),
            "trends by month, a source": lambda: trends.by_period("month", TENANT, **span, source="source-1"),
            "trends by week, a topic": lambda: trends.by_period("week", TENANT, **span, topic="topic-3"),
            "trends by week, each topic": lambda: trends.by_period("week", TENANT, **span, topic=ALL_TOPICS),
            "trends by month, each topic": lambda: trends.by_period("month", TENANT, **span, topic=ALL_TOPICS),
        }
        slow = [name for name, ask in asked.items() if measured(name, ask, rounds) > GOAL]
        measured(
            "on the facts (no goal)", lambda: store.clients.execute(RAW.format(database=live.target, tenant=TENANT)), 3
        )
    print("slower than the goal: " + ", ".join(slow) if slow else f"all within {GOAL:.0f} ms")
    sys.exit(bool(slow))


def load(store: ClickHouseStore, database: str, count: int) -> None:
    """Facts, then what is missing in the rollups."""
    began = perf_counter()
    settings = {"max_partitions_per_insert_block": 0}
    store.clients.execute(FACTS.format(database=database, tenant=TENANT, count=count), settings=settings)
    days = [BEGIN + timedelta(days=number) for number in range(DAYS)]
    for table in ROLLUPS:
        query = schema.render(f"differences/{table}", database=database)
        store.insert_from(database, table, query, {"tenants": [TENANT], "days": days}, f"bench {table}")
        rows = store.clients.execute(f"SELECT count() FROM {database}.{table}")[0][0]
        print(f"{table}: {rows:,} rows", flush=True)
    print(f"{count:,} reviews loaded in {perf_counter() - began:.0f} s\n", flush=True)


def measured(name: str, ask: Callable[[], Any], rounds: int) -> float:
    """The median, printed."""
    times = []
    for _ in range(rounds):
        began = perf_counter()
        found = ask()
        times.append(1000 * (perf_counter() - began))
    print(f"{name:30} {median(times):8.1f} ms, slowest {max(times):8.1f} ms, {len(found):,} rows", flush=True)
    return median(times)


if __name__ == "__main__":
    main()
