"""What workers rely on: tables, topics, indexes. Idempotent, and safe in several processes at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from connectors.migrations import advisory_lock
from operations.migrate.migratable import Migratable, StoreState

LOCK = "reviewstream setup"


class Migrations:
    """Every store of one installation, in the order in which they rely on each other.

    `preflight` raises Unavailable where a server refuses us for good; `lock_url` leads to the database whose lock has
    processes that call at once take turns.
    """

    def __init__(self, stores: Sequence[Migratable], *, preflight: Callable[[], None], lock_url: str) -> None:
        self._stores, self._preflight, self._lock_url = stores, preflight, lock_url

    def inspect(self) -> list[StoreState]:
        """What each store has and lacks; changes nothing. Raises Unavailable where a server refuses us for good."""
        self._preflight()
        return [store.inspect() for store in self._stores]

    def apply(self) -> list[StoreState]:
        """Bring every store to the present version; gives what was missing before.

        Everything is looked at first, so that a store of a newer release, or a topic with other partitions, keeps all
        from being touched: raises what it refuses for. Raises Unavailable where a server refuses us for good.
        """
        self._preflight()
        with advisory_lock(self._lock_url, LOCK):
            found = [(store, store.inspect()) for store in self._stores]
            for _, state in found:
                for refusal in state.refusals:
                    raise refusal
            for store, state in found:
                if state.missing:
                    store.apply_missing()
            return [state for _, state in found]
