"""Versions that are not finished: is somebody building, was it paused, or did its builder die?

A builder holds an advisory lock of its session from before its version begins until after it is switched. The lock ends
with the process, however that ends; so no one has to tell that a builder died.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import psycopg
from psycopg import Connection
from psycopg_pool import ConnectionPool

from projections import registry
from projections.registry import Version
from projections.statements import statement
from schemas.errors import NotAllowed

State: TypeAlias = Literal["running", "pausing", "paused", "interrupted"]
STATES: dict[tuple[bool, bool], State] = {
    (True, False): "running",
    (True, True): "pausing",
    (False, True): "paused",
    (False, False): "interrupted",
}
"""By whether its builder lives, and whether a pause was asked for."""
COMMANDS: dict[State, str] = {
    "running": "reviewstream replay {name} --pause",
    "pausing": "",
    "paused": "reviewstream replay {name} --resume",
    "interrupted": "reviewstream replay {name}",
}
"""What an operator may do next; while it is about to pause, nothing."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A version that is not finished. `reached` is its position, or the mean one of its shares."""

    version: Version
    reached: int
    alive: bool

    @property
    def state(self) -> State:
        """Whether it runs, was paused or was interrupted."""
        return STATES[self.alive, self.version.paused]

    @property
    def command(self) -> str:
        """Pauses one that runs, continues one that stands; empty where there is only waiting."""
        return COMMANDS[self.state].format(name=self.version.name)

    def __str__(self) -> str:
        """One clause for people."""
        return f"{self.version.name} v{self.version.version} is {self.state} at position {self.reached}"


def unfinished(connection: Connection[Any], name: str | None = None) -> list[Unfinished]:
    """Those of one projection, or of all; by name, oldest first."""
    building = [one for one in registry.versions(connection, name) if one.state == "building"]
    asked = {"names": sorted({one.name for one in building})}
    living = {row[0] for row in connection.execute(statement("sql/builders"), asked)} if building else set()
    return [Unfinished(one, registry.reached(connection, one), one.name in living) for one in building]


@contextmanager
def builder(connection: Connection[Any], name: str) -> Iterator[None]:
    """Be the builder of that projection, as `unfinished` tells others; the caller excludes other rebuilds."""
    connection.execute(statement("sql/lock_builder"), {"name": name})
    connection.commit()  # otherwise this session would be idle in a transaction until the version is built
    try:
        yield
    finally:
        with suppress(psycopg.OperationalError):  # the lock went with the server or with the session
            connection.execute(statement("sql/unlock_builder"), {"name": name})


def pause(pool: ConnectionPool[Any], name: str) -> Version:
    """Ask a living builder to stop after its current batch.

    Raises NotAllowed where none lives, with the command that continues what it left.
    """
    with pool.connection() as connection:
        left = unfinished(connection, name)
        if not left:
            raise NotAllowed(f"projection {name} is not being rebuilt: there is nothing to pause")
        if not left[-1].alive:
            raise NotAllowed(
                f"there is nothing to pause: {left[-1]}, and no one builds it; `{left[-1].command}` continues it, "
                "with --restart it starts over"
            )
        found = registry.set_paused(connection, name, paused=True)
    if found is None:  # it was switched just now
        raise NotAllowed(f"projection {name} is not being rebuilt any more: there is nothing to pause")
    return found
