"""Drops the version of a read model that a switch retired, once no one will go back to it."""

from __future__ import annotations

from datetime import datetime

from operations.read_models import ReadModels
from projections import registry
from projections.ports import ProjectionStore
from projections.registry import Version
from projections.switch import advisory_lock, discard
from schemas.errors import NotAllowed


def drop_retired(read_models: ReadModels, before: datetime) -> list[str]:
    """Drop retired versions whose successor went live before that time; returns their names.

    Those of a read model that is being rebuilt or rolled back just now are left for the next time.
    """
    dropped: list[str] = []
    for store in read_models.stores().values():
        if not _due(read_models, store, before):
            continue
        try:
            with advisory_lock(read_models.pool, store.name):
                for one in _due(read_models, store, before):
                    discard(read_models.pool, store, one)
                    dropped.append(one.target)
        except NotAllowed:
            continue
    return dropped


def _due(read_models: ReadModels, store: ProjectionStore, before: datetime) -> list[Version]:
    with read_models.pool.connection() as connection:
        versions = registry.versions(connection, store.name)
    switched = max((one.switched_at for one in versions if one.state == "live" and one.switched_at), default=None)
    old = switched is not None and switched < before
    return [one for one in versions if old and one.state == "retired"]
