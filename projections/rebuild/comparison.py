"""Compares a rebuilt version with the live one: row counts and content hashes at the same position."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeAlias
from uuid import UUID

import structlog
from psycopg import Connection
from psycopg_pool import ConnectionPool

from projections import registry
from projections.fill import fill
from projections.parking import ranges
from projections.ports import Digest, Digests, EventSource, ProjectionStore
from projections.registry import Version
from projections.statements import statement
from projections.switch import locked_live_version
from schemas.errors import VerificationFailed

log = structlog.get_logger(__name__)
NOTHING = Digest(0, 0)
NAMED = 6
View: TypeAlias = AbstractContextManager[tuple[Connection[Any], Version]]


def compare(
    pool: ConnectionPool[Any], store: ProjectionStore, at: Version, source: EventSource, *, accept_difference: bool
) -> tuple[Version, str]:
    """Advance `at` to a position of the live version and compare there; returns `at` and the result as text.

    Raises VerificationFailed when the contents differ, unless `accept_difference`.
    """
    view: View = snapshot(pool, store.name) if store.snapshots else locked_live_version(pool, store.name)
    with view as (connection, live):
        if reason := _incomparable(connection, live, at):
            return at, f"not compared: {reason}"
        at = fill(store, at, source, live.position)
        theirs = store.digests(connection, live)
    with pool.connection() as connection:
        ours = store.digests(connection, at)
    differences = _differences(theirs, ours)
    if differences and not accept_difference:
        raise VerificationFailed(
            f"projection {store.name}: the rebuilt v{at.version} differs from the live v{live.version} at position "
            f"{at.position}: {differences}; if the live one is wrong, accept the difference"
        )
    return at, f"differs from v{live.version}: {differences}" if differences else f"equal to v{live.version}"


@contextmanager
def snapshot(pool: ConnectionPool[Any], name: str) -> Iterator[tuple[Connection[Any], Version]]:
    """A transaction that sees the live version at one position, while its worker continues."""
    with pool.connection() as connection, connection.transaction():
        connection.execute(statement("sql/one_snapshot"))
        yield connection, registry.live_or_fail(connection, name)


def _incomparable(connection: Connection[Any], live: Version, at: Version) -> str:
    if live.position < at.position:
        return "the live version had not begun"
    if live.shape != at.shape:
        return "the tables are defined differently"
    if ranges(connection, live) or ranges(connection, at):
        return "streams are parked"
    return ""


def _differences(theirs: Digests, ours: Digests) -> str:
    """By table and tenant, as text; at most NAMED of them."""
    pairs = {at: (theirs.get(at, NOTHING), ours.get(at, NOTHING)) for at in sorted({*theirs, *ours}, key=str)}
    found = [_difference(at, *pair) for at, pair in pairs.items() if pair[0] != pair[1]]
    more = [f"and {len(found) - NAMED} more"] if len(found) > NAMED else []
    return ", ".join(found[:NAMED] + more)


def _difference(at: tuple[str, UUID], live: Digest, made: Digest) -> str:
    table, tenant = at
    if live.rows != made.rows:
        return f"{table} has {made.rows} rows of tenant {tenant}, live {live.rows}"
    return f"{table} has other content in the {live.rows} rows of tenant {tenant}"
