"""Every message twice and reviews in another order: the same read models, by content hash."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from psycopg import sql

from connectors.kafka import Outgoing
from projections import registry
from services.tenancy.tenants import Tenant
from streams.topics import INBOUND
from tests.chaos.stack import Stack
from tests.chaos.writer import workload
from tests.hostile.messages import headers

CONTENT = (Path(__file__).with_name("content.sql")).read_text()
REVIEWS = 60
ROLLUP = """
    SELECT timestamp, source, language, sum(total_reviews) AS n, sum(rating_sum), sum(score_sum), sum(sentiment_positive)
    FROM {database}.review_metrics WHERE tenant_id = %(tenant)s GROUP BY 1, 2, 3 HAVING n != 0 ORDER BY 1, 2, 3
"""


def shuffled(reviews: Sequence[dict[str, Any]], rng: random.Random) -> Iterator[dict[str, Any]]:
    """Each twice; reviews in any order, the editions of one in theirs."""
    queues: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for review in reviews:
        queues[review["external_id"]] += [review, review]
    order = [name for name, queue in queues.items() for _ in queue]
    rng.shuffle(order)
    return (queues[name].pop(0) for name in order)


def send(stack: Stack, tenant: Tenant, reviews: Sequence[dict[str, Any]]) -> None:
    def message(review: dict[str, Any]) -> Outgoing:
        attributes = headers(ce_id=str(uuid4()), ce_tenantid=tenant.slug)
        return Outgoing(INBOUND, review["external_id"].encode(), json.dumps(review).encode(), attributes)

    stack.parts.producer.send([message({"source": "harbour", **review}) for review in reviews])


def content(stack: Stack, tenant: Tenant) -> tuple[object, ...]:
    """A hash and the number of reviews in PostgreSQL, and the rollup's rows in ClickHouse."""
    parts, store = stack.parts, stack.analytics
    with parts.readmodels_pool.connection() as connection:
        schema = sql.Identifier(registry.live_or_fail(connection, "reviews").target)
        rows = connection.execute(sql.SQL(CONTENT).format(schema=schema), {"tenant": tenant.id}).fetchone()
        database = registry.live_or_fail(connection, store.name).target
    return rows, store.clients.execute(ROLLUP.format(database=database), {"tenant": str(tenant.id)})


@pytest.mark.long
@pytest.mark.timeout(200)
def test_repeats_and_other_orders_make_the_same_read_models(chaos: Stack) -> None:
    chaos.arm("")
    once, twice = (chaos.parts.tenants.create(f"repeats-{name}") for name in ("once", "twice"))
    reviews = [review for kind, review in workload(5, REVIEWS) if kind != "broken"]
    send(chaos, once, reviews)
    send(chaos, twice, list(shuffled(reviews, random.Random(5))))
    chaos.until_quiet()

    found = content(chaos, once)
    assert found[0][1] == REVIEWS
    assert content(chaos, twice) == found
    assert chaos.run("verify").returncode == 0
