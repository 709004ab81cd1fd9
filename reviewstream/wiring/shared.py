"""What groups of use cases share, on top of the connections: repositories, read models, publishers."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from eventstore.log import EventLog
from eventstore.positions import Positions
from reviewstream.clients import Clients
from services.dead_letters.repository import DeadLetterRepository
from services.inbound.known_stores import KnownStores
from services.inbound.ledger import InboundLedger
from services.tenancy.tenants import Tenants

if TYPE_CHECKING:
    from operations.publishers import Publishers
    from operations.read_models import ReadModels
    from streams.runtime.reviews import Reviews

# What only some processes need is imported where it is built: a command starts in half the time.


class Shared(Clients):
    """Builds each part once, on first use. Like the connections it rests on, it is a context manager."""

    @cached_property
    def tenants(self) -> Tenants:
        """The tenancy service."""
        return Tenants(self.pool("tenancy"))

    @cached_property
    def event_log(self) -> EventLog:
        """The event log."""
        return EventLog(self.eventstore_pool)

    @cached_property
    def positions(self) -> Positions:
        """Positions of the publishers."""
        return Positions(self.eventstore_pool)

    @cached_property
    def ledger(self) -> InboundLedger:
        """Counts what came in."""
        return InboundLedger(self.eventstore_pool)

    @cached_property
    def known_stores(self) -> KnownStores:
        """What identifies our topics, and the table of dead letters."""
        return KnownStores(self.eventstore_pool)

    @cached_property
    def reviews(self) -> Reviews:
        """The repository of reviews, shared by the steps of this process."""
        from streams.runtime.reviews import Reviews

        return Reviews(self.event_log)

    @cached_property
    def dead_letters(self) -> DeadLetterRepository:
        """Stored dead letters and their audit."""
        return DeadLetterRepository(self.readmodels_pool)

    @cached_property
    def read_models(self) -> ReadModels:
        """The projections."""
        from operations.read_models import ReadModels

        return ReadModels(
            self.readmodels_pool, self.event_log, self.clickhouse, cluster=self.settings.clickhouse_cluster
        )

    @cached_property
    def publishers(self) -> Publishers:
        """The publishers of step topics and public topics."""
        from operations.publishers import Publishers

        partitions = self.settings.partitions
        return Publishers(self.positions, self.new_producer, lambda: self.raw_reviews, partitions=partitions)
