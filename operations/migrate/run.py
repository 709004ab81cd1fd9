"""Migrates what workers rely on: tables, topics, indexes. Idempotent, and safe in several processes at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from connectors.migrations import advisory_lock
from operations.migrate.migratable import Migratable, StoreState

LOCK = "reviewstream setup"


class Migrations:
    """Every store of one installation, in the order in which they rely on each other.

    `preflight` raises Unavailable where a server rejects us permanently; `lock_url` is the database whose advisory lock
    serialises concurrent calls. `after` is called when all is in place.
    """

    def __init__(
        self,
        stores: Sequence[Migratable],
        *,
        preflight: Callable[[], None],
        lock_url: str,
        after: Callable[[], object] = lambda: None,
    ) -> None:
        self._stores, self._preflight, self._lock_url, self._after = stores, preflight, lock_url, after

    def inspect(self) -> list[StoreState]:
        """What each store has and lacks; changes nothing. Raises Unavailable where a server rejects us permanently."""
        self._preflight()
        return [store.inspect() for store in self._stores]

    def apply(self) -> list[StoreState]:
        """Migrate every store to this release; returns what was missing before.

        Everything is inspected first: a store of a newer release, or a topic with other partitions, raises its refusal
        before anything is changed. Raises Unavailable where a server rejects us permanently.
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
            self._after()
            return [state for _, state in found]
