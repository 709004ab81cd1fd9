"""Which projections there are: a new projector is one line here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from eventstore.subscription import Handler
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.decoder import Decoder
from projections.ports import ProjectionStore
from projections.postgres.failures import FailuresProjector
from projections.postgres.postgres_store import PostgresStore
from projections.postgres.projector import Projector
from projections.postgres.reviews import ReviewsProjector
from projections.postgres.saga_progress import SagaProgressProjector
from projections.rebuild.shards import Parts
from projections.runner import GroupHandler, ProjectionHandler
from reviewstream.bootstrap import Bootstrap
from reviewstream.settings import Settings
from schemas.errors import InvalidInput
from telemetry.gc_tuning import freeze_gc

PROJECTORS: tuple[type[Projector], ...] = (ReviewsProjector, SagaProgressProjector, FailuresProjector)


def stores(parts: Bootstrap) -> dict[str, ProjectionStore]:
    """Every projection by name."""
    every: Sequence[ProjectionStore] = [*_postgres(parts), analytics(parts)]
    return {store.name: store for store in every}


def store(parts: Bootstrap, name: str) -> ProjectionStore:
    """The projection of that name. Raises InvalidInput that lists the known ones."""
    known = stores(parts)
    if name not in known:
        raise InvalidInput(f"no projection is called {name}; known are {', '.join(known)}", field="projection")
    return known[name]


@contextmanager
def open_parts(settings: Settings, name: str) -> Iterator[Parts]:
    """What a process needs that fills a share of that projection."""
    with Bootstrap(settings, process="replay") as parts:
        made = Parts(parts.readmodels_pool, store(parts, name), parts.event_log)
        freeze_gc()
        yield made


def postgres_handler(parts: Bootstrap) -> Handler:
    """The projections in PostgreSQL, fed by one subscription; each event is decoded once for all of them."""
    return GroupHandler("projections.postgres", [_handler(parts, each) for each in _postgres(parts)])


def clickhouse_handler(parts: Bootstrap) -> Handler:
    """The projection in ClickHouse."""
    return _handler(parts, analytics(parts))


def _handler(parts: Bootstrap, of: ProjectionStore) -> ProjectionHandler:
    return ProjectionHandler(parts.readmodels_pool, of, parts.event_log)


def _postgres(parts: Bootstrap) -> list[PostgresStore]:
    decoder = Decoder()
    return [PostgresStore(parts.readmodels_pool, projector(), decoder) for projector in PROJECTORS]


def analytics(parts: Bootstrap) -> ClickHouseStore:
    """The projection in ClickHouse."""
    return ClickHouseStore(parts.readmodels_pool, parts.clickhouse, cluster=parts.settings.clickhouse_cluster)
