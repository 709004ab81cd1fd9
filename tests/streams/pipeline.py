"""The saga's processes on servers of their own, and what a test asks of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from uuid import UUID, uuid4

from aggregates.ids import review_id
from connectors.kafka import ConfirmingProducer, Outgoing
from connectors.postgres import Pool, open_pool
from eventstore.log import EventLog
from services.inbound.ledger import InboundLedger, Totals
from services.tenancy.tenants import Tenant, Tenants
from streams.topics import INBOUND
from tests.databases import database
from tests.streams.making import body, inbound
from tests.streams.workers import Child

SAGA = ("review.collected", "review.raw_stored", "review.processed", "review.sentiment_analyzed")
SAGA += ("review.analytics_updated", "review.subscribers_notified")


@dataclass
class Pipeline:
    """Workers by name, and the stores they write."""

    environment: Mapping[str, str]
    directory: Path
    pool: Pool
    kafka: str
    tenant: Tenant

    @cached_property
    def producer(self) -> ConfirmingProducer:
        """The publisher's."""
        return ConfirmingProducer(self.kafka)

    def child(self, name: str, **more: str) -> Child:
        return Child(name, {**self.environment, **more}, self.directory)

    def program(self, path: Path, **more: str) -> Child:
        return Child(path.stem, {**self.environment, **more}, self.directory, program=(str(path),))

    def publish(self, ids: Sequence[str], **fields: object) -> None:
        """Send one review for each id."""
        messages = [inbound(body(external, **fields), 0, tenant=self.tenant.slug) for external in ids]
        keyed = zip(ids, messages, strict=True)
        self.producer.send(
            [Outgoing(INBOUND, external.encode(), each.value or b"", each.headers) for external, each in keyed]
        )

    def stream(self, external: str) -> UUID:
        return review_id(self.tenant.id, "harbour", external)

    def histories(self, ids: Sequence[str]) -> Counter[tuple[str, ...]]:
        """How many of these reviews have which events."""
        streams = EventLog(self.pool).read_streams([self.stream(external) for external in ids])
        return Counter(tuple(event.topic for event in events) for events in streams.values())

    def totals(self) -> Totals:
        return InboundLedger(self.pool).totals()


@contextmanager
def pipeline_on(
    postgres_url: str, template: str, kafka: str, directory: Path, *, partitions: int, **settings: str
) -> Iterator[Pipeline]:
    """A pipeline with a database of its own, a tenant in it, and a name in the raw store; `settings` by their names in lower case."""
    with database(postgres_url, template) as url, open_pool(url, name="test") as pool:
        named = {
            "data_dir": str(directory), "eventstore_url": url, "tenancy_url": url, "kafka_url": f"kafka://{kafka}",
            "mongo_database": f"test_{uuid4().hex}", "nlp_workers": "1", "partitions": str(partitions), **settings,
        }  # fmt: skip
        environment = {f"REVIEWSTREAM_{name.upper()}": value for name, value in named.items()}
        yield Pipeline(environment, directory, pool, kafka, Tenants(pool).create("blue-harbour"))
