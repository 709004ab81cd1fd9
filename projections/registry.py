"""The registry of projection versions: which is live, how far each is, and the guarded moves between positions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from projections.statements import statement
from schemas.errors import ReviewstreamError, Unavailable

MIGRATIONS = Path(__file__).with_name("migrations")
"""For `eventstore.migrate.migrate(url, MIGRATIONS)` on the database of the read models."""


class PositionMoved(ReviewstreamError):
    """Another writer moved this projection version, or it was switched away."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a projection. `pending_to` is set while a range after `position` is being written."""

    name: str
    version: int
    state: str
    position: int
    pending_to: int | None
    shape: str
    filter: dict[str, Any] | None
    created_at: datetime
    switched_at: datetime | None

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
    """The live version, kept from moving until the transaction ends. Raises Unavailable without one."""
    found = _one(connection, "sql/lock_live", {"name": name})
    if found is None:
        raise Unavailable(f"projection {name} has no live version yet: start its worker first")
    return found


def versions(connection: Connection[Any], name: str | None = None) -> list[Version]:
    """All versions of one projection, or of all, oldest first."""
    with connection.cursor(row_factory=class_row(Version)) as cursor:
        return cursor.execute(statement("sql/versions"), {"name": name}).fetchall()


def lock_projection(connection: Connection[Any], name: str) -> None:
    """Until the transaction ends, nobody else creates, switches or drops versions of this projection."""
    connection.execute(statement("sql/lock_projection"), {"name": name})


def begin(
    connection: Connection[Any], name: str, *, state: str, shape: str, only: dict[str, Any] | None = None
) -> Version:
    """Register the next version of a projection at position 0; `only` is the filter it is built with."""
    values = {"name": name, "state": state, "shape": shape, "filter": None if only is None else Jsonb(only)}
    made = _one(connection, "sql/begin_version", values)
    assert made is not None
    return made


def move(connection: Connection[Any], at: Version, to: int) -> Version:
    """Record position `to`, in the transaction of the rows. Raises PositionMoved unless all is as `at` says."""
    _guarded(connection, "sql/move", at, to)
    return replace(at, position=to)


def intend(connection: Connection[Any], at: Version, to: int) -> Version:
    """Announce that (position, to] is going to be written elsewhere. Raises PositionMoved."""
    _guarded(connection, "sql/intend", at, to)
    return replace(at, pending_to=to)


def settle(connection: Connection[Any], at: Version) -> Version:
    """Record that the announced range is written. Raises PositionMoved."""
    assert at.pending_to is not None
    _guarded(connection, "sql/settle", at, at.pending_to)
    return replace(at, position=at.pending_to, pending_to=None)


def set_state(connection: Connection[Any], at: Version, state: str) -> Version:
    """Make a version live or retired; retire the live one first."""
    changed = _one(connection, "sql/set_state", {"name": at.name, "version": at.version, "state": state})
    assert changed is not None
    return changed


def forget(connection: Connection[Any], at: Version) -> None:
    """Take a version that is not live out of the registry."""
    connection.execute(statement("sql/forget_version"), {"name": at.name, "version": at.version})


def _guarded(connection: Connection[Any], path: str, at: Version, to: int) -> None:
    values = {"name": at.name, "version": at.version, "state": at.state, "position": at.position, "to": to}
    if connection.execute(statement(path), values).rowcount != 1:
        raise PositionMoved(
            f"projection {at.name} v{at.version} is not {at.state} at position {at.position} any more: it was "
            "switched, or a second worker writes it; stop one of them"
        )


def _one(connection: Connection[Any], path: str, values: dict[str, Any]) -> Version | None:
    with connection.cursor(row_factory=class_row(Version)) as cursor:
        return cursor.execute(statement(path), values).fetchone()
