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
from schemas.cloudevents import INBOUND_TYPE
from schemas.tombstones import DELETED_TYPE
from services.tenancy.tenants import Tenant
from streams.topics import INBOUND
from tests.chaos.ledger import Expected
from tests.chaos.stack import Stack
from tests.chaos.writer import workload
from tests.hostile.messages import headers

CONTENT = (Path(__file__).with_name("content.sql")).read_text()
REVIEWS = 60
ROLLUP = """
    SELECT timestamp, source, language, sum(total_reviews) AS n, sum(rating_sum), sum(score_sum), sum(sentiment_positive)
    FROM {database}.review_metrics WHERE tenant_id = %(tenant)s GROUP BY 1, 2, 3 HAVING n != 0 ORDER BY 1, 2, 3
"""


Said = tuple[str, dict[str, Any]]
"""What kind of word about a review, and the review."""


def shuffled(said: Sequence[Said], rng: random.Random) -> Iterator[Said]:
    """Each twice; reviews in any order, what is said of one in its own."""
    queues: dict[str, list[Said]] = defaultdict(list)
    for kind, review in said:
        queues[review["external_id"]] += [(kind, review)] * 2
    order = [name for name, queue in queues.items() for _ in queue]
    rng.shuffle(order)
    return (queues[name].pop(0) for name in order)


def send(stack: Stack, tenant: Tenant, said: Sequence[Said]) -> None:
    def message(kind: str, review: dict[str, Any]) -> Outgoing:
        what = DELETED_TYPE if kind == "deleted" else INBOUND_TYPE
        attributes = headers(ce_id=str(uuid4()), ce_tenantid=tenant.slug, ce_type=what)
        return Outgoing(INBOUND, review["external_id"].encode(), json.dumps(review).encode(), attributes)

    stack.parts.producer.send([message(kind, {"source": "harbour", **review}) for kind, review in said])


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
    said = [(kind, review) for kind, review in workload(5, REVIEWS) if kind != "broken"]
    expected = Expected()
    for kind, review in said:
        expected.take(kind, review)
    send(chaos, once, said)
    send(chaos, twice, list(shuffled(said, random.Random(5))))
    chaos.until_quiet()

    found = content(chaos, once)
    assert found[0][1] == len(expected.final) < REVIEWS
    assert content(chaos, twice) == found
    assert chaos.run("verify").returncode == 0
