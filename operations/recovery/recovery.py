"""Finds what the stores of an installation lost, and has them built again in the order in which they rely on each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psycopg

from operations.recovery.databases import LostDatabases
from operations.recovery.recoverable import Loss, Progress, Recoverable
from schemas.errors import ReviewstreamError, StoreLost
from telemetry.error_text import plain_text

LOG = "eventstore"


@dataclass(frozen=True, slots=True)
class Inspection:
    """What is lost, and of which stores that could not be told, with the reason."""

    losses: Sequence[Loss]
    unknown: Sequence[str] = ()

    @property
    def final(self) -> Sequence[Loss]:
        """What only a backup brings back."""
        return [loss for loss in self.losses if loss.final]


@dataclass(frozen=True, slots=True)
class Recovery:
    """All stores of one installation, the event log first. `stores` needs the databases.

    `migrate` makes tables and topics.
    """

    databases: LostDatabases
    stores: Callable[[], Sequence[Recoverable]]
    migrate: Callable[[], object]

    def inspect(self) -> Inspection:
        """Ask every store; one that does not answer hides none of the others.

        Without its databases, or without what only a backup brings back, nothing else is asked: it could not be built.
        """
        if losses := list(self.databases.inspect()):
            return Inspection(losses)
        unknown: list[str] = []
        for store in self.stores():
            try:
                losses += store.inspect()
            except Exception as error:  # noqa: BLE001 - whatever a driver raises, it is named, and the others are asked
                unknown.append(f"{store.name}: {plain_text(error)}")
            if any(loss.final for loss in losses):
                break
        return Inspection(losses, unknown)

    def refuse_a_new_log(self) -> None:
        """Raises StoreLost where the event log is gone and other stores hold what came from it: tables would begin another one.

        A log that cannot be asked is left to who comes next, as is one that was never set up.
        """
        refuse_final(self._lost_log())

    def _lost_log(self) -> Sequence[Loss]:
        try:
            return next(store for store in self.stores() if store.name == LOG).inspect()
        except (ReviewstreamError, psycopg.Error):
            return []

    def losses(self, *, only_databases: bool) -> Sequence[Loss]:
        """For a status, which names servers that do not answer by itself: then ask for `only_databases`, and the log in them."""
        if not only_databases:
            return self.inspect().losses
        return self.databases.inspect() or self._lost_log()

    def run(self, progress: Progress) -> Sequence[str]:
        """Build again what is lost; returns what was done, a sentence each.

        Raises StoreLost before anything is changed where something is lost that only a backup brings back, and what
        the servers raise.
        """
        _refuse(self.inspect().final)
        done = [*self.databases.rebuild()]
        self.migrate()
        stores = self.stores()
        _refuse([loss for store in stores for loss in store.inspect() if loss.final])
        for store in stores:
            if store.inspect():
                done += store.rebuild(progress)
        return done


def refuse_final(final: Sequence[Loss]) -> None:
    """Raises StoreLost with what would begin a new log all the same."""
    if final:
        raise StoreLost(
            f"{'; '.join(map(str, final))}. Restore a backup (docs/recovery.md); or, if this is meant to be a new log beside what "
            "is left of the old one, give --new-log"
        )


def _refuse(final: Sequence[Loss]) -> None:
    if final:
        raise StoreLost(
            f"{'; '.join(map(str, final))}. Nothing was rebuilt: restore a backup first, docs/recovery.md says how"
        )
