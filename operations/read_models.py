"""The registry of read models: a new projector is one line here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from connectors.postgres import Pool
from eventstore.log import EventLog
from eventstore.subscription import Handler
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.decoder import Decoder
from projections.ports import ProjectionStore
from projections.postgres.alarms import AlarmsProjector
from projections.postgres.failures import FailuresProjector
from projections.postgres.feedback import FeedbackProjector
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.projector import Projector
from projections.postgres.review_topics import ReviewTopicsProjector
from projections.postgres.reviews import ReviewsProjector
from projections.postgres.saga_progress import SagaProgressProjector
from projections.postgres.topics import TopicsProjector
from projections.rebuild.shards import Parts
from projections.runner import GroupHandler, ProjectionHandler
from schemas.known import check_known

if TYPE_CHECKING:
    from clickhouse_driver import Client

PROJECTORS: tuple[type[Projector], ...] = (
    ReviewsProjector,
    SagaProgressProjector,
    FailuresProjector,
    FeedbackProjector,
    AlarmsProjector,
    TopicsProjector,
    ReviewTopicsProjector,
)


class ReadModels:
    """The projections of one installation. `pool` leads to the read models' database, which also holds their positions."""

    def __init__(self, pool: Pool, log: EventLog, clickhouse: Callable[[], Client], *, cluster: str = "") -> None:
        """`clickhouse` builds a client for each thread; with a `cluster`, ClickHouse's tables are replicated."""
        self.pool, self.log = pool, log
        self._clickhouse, self._cluster = clickhouse, cluster

    def stores(self) -> dict[str, ProjectionStore]:
        """Every projection by name."""
        every: list[ProjectionStore] = [*self._postgres(), self.analytics()]
        return {store.name: store for store in every}

    def store(self, name: str) -> ProjectionStore:
        """The projection of that name. Raises InvalidInput that lists the known ones."""
        known = self.stores()
        check_known("read model", name, known, field="projection", there="known are")
        return known[name]

    def analytics(self) -> ClickHouseStore:
        """The projection in ClickHouse."""
        return ClickHouseStore(self.pool, self._clickhouse, cluster=self._cluster)

    def parts(self, name: str) -> Parts:
        """What another process needs to fill a share of that projection."""
        return Parts(self.pool, self.store(name), self.log)

    def postgres_handler(self) -> Handler:
        """The projections in PostgreSQL, fed by one subscription; each event is decoded once for all."""
        return GroupHandler("projections.postgres", [self._handler(each) for each in self._postgres()])

    def clickhouse_handler(self) -> Handler:
        """The projection in ClickHouse."""
        return self._handler(self.analytics())

    def _handler(self, of: ProjectionStore) -> ProjectionHandler:
        return ProjectionHandler(self.pool, of, self.log)

    def _postgres(self) -> list[PostgresStore]:
        decoder = Decoder()
        return [PostgresStore(self.pool, projector(), decoder) for projector in PROJECTORS]
