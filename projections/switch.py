"""Switches from one live version to another in one step, and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from psycopg import Connection
from psycopg_pool import ConnectionPool

from connectors.wait import wait_out
from projections import registry
from projections.fill import fill
from projections.ports import EventSource, ProjectionStore
from projections.registry import Version
from projections.statements import statement
from schemas.errors import NotAllowed, TransientError
from telemetry import failpoints

log = structlog.get_logger(__name__)
SETTLING_SECONDS = 30


class Unsettled(TransientError):
    """The live version's worker is writing a batch, or died while writing one."""


@contextmanager
def advisory_lock(pool: ConnectionPool[Any], name: str) -> Iterator[Connection[Any]]:
    """Excludes other rebuilds and rollbacks of this projection; yields the session that holds the lock.

    Raises NotAllowed when one is running.

    The lock belongs to a session, so it ends with a process that dies.
    """
    with pool.connection() as connection:
        row = connection.execute(statement("sql/lock_rebuild"), {"name": name}).fetchone()
        connection.commit()
        if row is None or not row[0]:
            raise NotAllowed(
                f"projection {name} is being rebuilt already, or repaired or switched: `reviewstream status` shows a rebuild; "
                "wait for it, or stop it"
            )
        try:
            yield connection
        finally:
            connection.execute(statement("sql/unlock_rebuild"), {"name": name})


@contextmanager
def locked_live_version(pool: ConnectionPool[Any], name: str) -> Iterator[tuple[Connection[Any], Version]]:
    """A transaction that locks the live version. Raises Unsettled when its worker left a batch unfinished."""
    with pool.connection() as connection, connection.transaction():
        yield connection, wait_out(Unsettled, lambda: _lock_settled(connection, name), SETTLING_SECONDS, every=0.05)


def _lock_settled(connection: Connection[Any], name: str) -> Version:
    """Locked, unless its worker is within a batch: then the lock is given back, so that it can finish."""
    with connection.transaction():
        live = registry.lock_live(connection, name)
        _require_settled(live)
        return live


def _require_settled(live: Version) -> None:
    if live.pending_to is not None:
        raise Unsettled(
            f"projection {live.name} v{live.version} has an unfinished batch up to position {live.pending_to}: "
            "start its worker, which finishes it"
        )


def replace_lost(pool: ConnectionPool[Any], store: ProjectionStore, to: Version) -> Version:
    """Make `to` the live version instead of one whose content is gone, which is removed."""
    with pool.connection() as connection, connection.transaction():
        lost = registry.lock_live(connection, store.name)
        registry.set_state(connection, lost, "retired")
        now = registry.set_state(connection, to, "live")
        store.publish(connection, now)
    log.warning(
        "projection.replaced", projection=store.name, before=lost.version, now=now.version, position=now.position
    )
    failpoints.hit("recovery.replaced")
    discard(pool, store, lost)
    return now


def switch(pool: ConnectionPool[Any], store: ProjectionStore, to: Version, source: EventSource) -> Version:
    """Make `to` the live version, at the position of the previous one, which is retired."""
    with locked_live_version(pool, store.name) as (connection, live):
        # While the live version is locked there is little left to catch up with.
        to = fill(store, to, source, max(live.position, to.position))
        registry.set_state(connection, live, "retired")
        now = registry.set_state(connection, to, "live")
        store.publish(connection, now)
    log.info("projection.switch", projection=store.name, before=live.version, now=now.version, position=now.position)
    return now


def rollback(pool: ConnectionPool[Any], store: ProjectionStore, source: EventSource) -> Version:
    """Make the previous live version live again, advanced to the current one's position.

    Raises NotAllowed when none is kept, or when it has tables that this release cannot write.
    """
    with advisory_lock(pool, store.name):
        before = _retired(pool, store)
        if before.shape != store.shape:
            raise NotAllowed(
                f"projection {store.name} v{before.version} has tables of another release: "
                "roll the software back first, or rebuild"
            )
        with pool.connection() as connection:
            missing = store.missing(connection, before)
        if missing:
            raise NotAllowed(
                f"projection {store.name} has nothing to go back to: v{before.version} lost {', '.join(missing)}"
            )
        before = store.recover(before, source)
        with pool.connection() as connection:
            target = registry.live_or_fail(connection, store.name).position
        return switch(pool, store, fill(store, before, source, target), source)


def _retired(pool: ConnectionPool[Any], store: ProjectionStore) -> Version:
    with pool.connection() as connection:
        kept = [v for v in registry.versions(connection, store.name) if v.state == "retired"]
    if not kept:
        raise NotAllowed(f"projection {store.name} has no version to go back to: none was kept")
    return kept[-1]


def prune(pool: ConnectionPool[Any], store: ProjectionStore, *, keep: int = 1, building: int = 0) -> list[int]:
    """Drop unfinished versions except `building`, and all retired ones except the newest `keep`; returns their numbers."""
    with pool.connection() as connection:
        found = registry.versions(connection, store.name)
    retired = [v for v in found if v.state == "retired"]
    obsolete = [v for v in found if v.state == "building" and v.version != building] + retired[
        : max(len(retired) - keep, 0)
    ]
    for version in obsolete:
        discard(pool, store, version)
    return [version.version for version in obsolete]


def discard(pool: ConnectionPool[Any], store: ProjectionStore, version: Version) -> None:
    """Remove a version that is not live, tables and registration."""
    with pool.connection() as connection, connection.transaction():
        registry.forget(connection, version)
        store.drop(connection, version)
