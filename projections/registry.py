"""The registry of projection versions: which is live, its position, and guarded moves between positions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from projections.statements import statement
from schemas.errors import ReviewstreamError, Unavailable


class PositionMoved(ReviewstreamError):
    """Another writer moved this projection version, or it is no longer live."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a projection. `pending_to` is set while a range after `position` is being written.

    `paused` and `indexed` apply to a version that is being built. With a `shard`, position and range are those of one
    share of the streams, (number, count), while the version is filled by several processes.
    """

    name: str
    version: int
    state: str
    position: int
    pending_to: int | None
    shape: str
    filter: dict[str, Any] | None
    created_at: datetime
    switched_at: datetime | None
    paused: bool = False
    indexed: bool = False
    shard: tuple[int, int] | None = None

    @property
    def target(self) -> str:
        """Name of the PostgreSQL schema that holds this version."""
        return f"{self.name}_v{self.version}"


def live(connection: Connection[Any], name: str) -> Version | None:
    """The live version of a projection, or None before its first start."""
    return _one(connection, "sql/live_version", {"name": name})


def live_or_fail(connection: Connection[Any], name: str) -> Version:
    """The live version. Raises Unavailable when the projection was never started."""
    found = live(connection, name)
    if found is None:
        raise Unavailable(f"projection {name} has no live version yet: start its worker first")
    return found


def lock_live(connection: Connection[Any], name: str) -> Version:
    """The live version, locked until the transaction ends. Raises Unavailable without one."""
    found = _one(connection, "sql/lock_live", {"name": name})
    if found is None:
        raise Unavailable(f"projection {name} has no live version yet: start its worker first")
    return found


def versions(connection: Connection[Any], name: str | None = None) -> list[Version]:
    """All versions of one projection, or of all, oldest first."""
    with connection.cursor(row_factory=class_row(Version)) as cursor:
        return cursor.execute(statement("sql/versions"), {"name": name}).fetchall()


def lock_projection(connection: Connection[Any], name: str) -> None:
    """Until the transaction ends, no one else can create, switch or drop versions of this projection."""
    connection.execute(statement("sql/lock_projection"), {"name": name})


def begin(
    connection: Connection[Any], name: str, *, state: str, shape: str, only: dict[str, Any] | None = None
) -> Version:
    """Register the next version of a projection at position 0; `only` is the filter it is built with."""
    values = {"name": name, "state": state, "shape": shape, "filter": None if only is None else Jsonb(only)}
    created = _one(connection, "sql/begin_version", values)
    assert created is not None
    return created


def move(connection: Connection[Any], at: Version, to: int) -> Version:
    """Record position `to`, in the transaction of the rows. Raises PositionMoved unless the version is still at `at`."""
    _guarded(connection, "move", at, to)
    return replace(at, position=to)


def intend(connection: Connection[Any], at: Version, to: int) -> Version:
    """Announce that (position, to] is going to be written to another store. Raises PositionMoved."""
    _guarded(connection, "intend", at, to)
    return replace(at, pending_to=to)


def settle(connection: Connection[Any], at: Version) -> Version:
    """Record that the announced range is written. Raises PositionMoved."""
    assert at.pending_to is not None
    _guarded(connection, "settle", at, at.pending_to)
    return replace(at, position=at.pending_to, pending_to=None)


def set_state(connection: Connection[Any], at: Version, state: str) -> Version:
    """Make a version live or retired; retire the live one first."""
    changed = _one(connection, "sql/set_state", {"name": at.name, "version": at.version, "state": state})
    assert changed is not None
    return changed


def is_split(connection: Connection[Any], at: Version) -> bool:
    """Whether a version is being filled in shares."""
    return bool(shares(connection, at))


def split(connection: Connection[Any], at: Version, shards: int) -> list[Version]:
    """The existing shares of a version that is being built, or `shards` new ones at its position."""
    found = shares(connection, at)
    if not found:
        values = {"name": at.name, "version": at.version, "position": at.position, "shards": shards}
        connection.execute(statement("sql/split"), values)
        found = shares(connection, at)
    return found


def shares(connection: Connection[Any], at: Version) -> list[Version]:
    """The shares in which a version is being filled; none where it is not split."""
    rows = connection.execute(statement("sql/shards"), {"name": at.name, "version": at.version}).fetchall()
    return [
        replace(at, position=position, pending_to=pending_to, shard=(number, len(rows)))
        for number, position, pending_to in rows
    ]


@contextmanager
def held_shard(connection: Connection[Any], at: Version) -> Iterator[Version]:
    """The shard's current state, locked: a process that a killed rebuild left behind may still write."""
    assert at.shard is not None
    which = {"name": at.name, "version": str(at.version), "shard": str(at.shard[0])}
    connection.execute(statement("sql/lock_shard"), which)
    try:
        found = next(one for one in shares(connection, at) if one.shard == at.shard)
        connection.commit()  # otherwise this session would be idle in a transaction until the shard is filled
        yield found
    finally:
        connection.execute(statement("sql/unlock_shard"), which)


def join(connection: Connection[Any], at: Version, to: int) -> Version:
    """Shards that all reached `to` as one version again. Raises PositionMoved if one has not."""
    with connection.transaction():
        _guarded(connection, "join", at, to)
    return replace(at, position=to, pending_to=None, shard=None)


def unfinished(connection: Connection[Any], name: str) -> Version | None:
    """The version that a rebuild left behind, or is building now."""
    building = [version for version in versions(connection, name) if version.state == "building"]
    return building[-1] if building else None


def reached(connection: Connection[Any], at: Version) -> int:
    """How far a version is: its position, or while it is filled in shares their mean."""
    found = shares(connection, at)
    return sum(one.position for one in found) // len(found) if found else at.position


def set_paused(connection: Connection[Any], name: str, *, paused: bool) -> Version | None:
    """Set or clear the pause of the version that is being built; None if there is none."""
    return _one(connection, "sql/set_paused", {"name": name, "paused": paused})


def set_indexed(connection: Connection[Any], at: Version) -> Version:
    """Record that the readers' indexes are created."""
    changed = _one(connection, "sql/set_indexed", {"name": at.name, "version": at.version})
    assert changed is not None
    return changed


def forget(connection: Connection[Any], at: Version) -> None:
    """Remove a version that is not live from the registry."""
    connection.execute(statement("sql/forget_version"), {"name": at.name, "version": at.version})


def _guarded(connection: Connection[Any], action: str, at: Version, to: int) -> None:
    values = {"name": at.name, "version": at.version, "state": at.state, "position": at.position, "to": to}
    path = f"sql/{action}"
    if at.shard is not None:
        path, values["shard"] = f"{path}_shard", at.shard[0]
    if connection.execute(statement(path), values).rowcount != 1:
        raise PositionMoved(
            f"projection {at.name} v{at.version} is no longer {at.state} at position {at.position}: it was "
            "switched, or a second worker writes it; stop one of them"
        )


def _one(connection: Connection[Any], path: str, values: dict[str, Any]) -> Version | None:
    with connection.cursor(row_factory=class_row(Version)) as cursor:
        return cursor.execute(statement(path), values).fetchone()
