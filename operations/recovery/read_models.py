"""The read models in PostgreSQL and ClickHouse, built again from the event log."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from operations.read_models import ReadModels
from operations.recovery.recoverable import Loss, Progress
from operations.replay import ReadModelReplay
from projections import registry
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.lost import as_lost, why_lost
from projections.ports import ProjectionStore
from schemas.errors import StoreLost

FROM_LOG = "built from the event log, beside nothing: queries see it when it is complete"


class LostReadModels:
    """Every projection."""

    name = "readmodels"

    def __init__(self, models: ReadModels, replay: ReadModelReplay, url: str) -> None:
        """`url` leads to their database in PostgreSQL."""
        self._models, self._replay, self._url = models, replay, url

    def inspect(self) -> Sequence[Loss]:
        """A loss for each read model without its content, or one for their database."""
        if not self._models.log.head():
            return []
        try:
            with self._models.pool.connection(timeout=10) as connection:
                live = {each.name: each for each in registry.versions(connection) if each.state == "live"}
        except Exception as error:
            if (lost := as_lost(self._url, error)) is None:
                raise
            return [Loss(self.name, str(lost), f"all read models are {FROM_LOG}")]
        found = []
        for name, store in self._models.stores().items():
            if name in live and (why := why_lost(self._models.pool, store, live[name], self._models.log)):
                found.append(Loss(_server(store), why, f"{name} is {FROM_LOG}"))
        return found

    def rebuild(self, progress: Progress) -> Sequence[str]:
        """Replay those that are lost; each replaces its lost version when it is complete."""
        done = []
        for name, store in self._models.stores().items():
            if not self._is_lost(store):
                continue
            outcome = self._replay.run(name, progress=partial(progress, name), restart=True)
            done.append(f"{name}: version {outcome.version} is live, with {outcome.events} events of the log")
        return done

    def _is_lost(self, store: ProjectionStore) -> bool:
        with self._models.pool.connection() as connection:
            live = registry.live(connection, store.name)
        if live is None:
            raise StoreLost(f"{store.name} has no live version: `reviewstream setup` makes one")
        return bool(why_lost(self._models.pool, store, live, self._models.log))


def _server(store: ProjectionStore) -> str:
    return "clickhouse" if isinstance(store, ClickHouseStore) else "readmodels"
