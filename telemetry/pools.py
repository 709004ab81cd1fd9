"""The connection pools of this process, for metrics about their use. Cheap to import: every command does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from weakref import WeakSet


class Pool(Protocol):
    """A psycopg pool."""

    name: str

    def get_stats(self) -> Mapping[str, int]:
        """Its statistics by name."""
        ...


_pools: WeakSet[Pool] = WeakSet()


def watch(pool: Pool) -> None:
    """Report on this pool from now on."""
    _pools.add(pool)


def statistics() -> dict[str, Mapping[str, int]]:
    """The statistics of each living pool, by its name."""
    return {pool.name: pool.get_stats() for pool in list(_pools)}
