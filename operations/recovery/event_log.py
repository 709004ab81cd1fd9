"""The event log: the one store that no other can replace."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from eventstore.log import EventLog
from operations.recovery.recoverable import Loss, Progress
from schemas.errors import NotSetUp, StoreLost

GONE = (
    "every event that was not backed up; registered tenants, and what was validated and counted, are in the same backup. "
    "Messages that Kafka still has would come in again as new reviews"
)


class LostLog:
    """Recognises an event log that is empty while other stores hold what came from it.

    `traces` says by store whether it does: each returns a few words, or an empty text; one that raises says nothing.
    """

    name = "eventstore"

    def __init__(self, log: EventLog, traces: Mapping[str, Callable[[], str]]) -> None:
        self._log, self._traces = log, traces

    def inspect(self) -> Sequence[Loss]:
        """At most one, which is final. Raises NotSetUp for a log without tables where no store holds anything."""
        without_tables = None
        try:
            if self._log.head():
                return []
        except NotSetUp as error:
            without_tables = error
        found = [f"{store} has {what}" for store, ask in self._traces.items() if (what := _asked(ask))]
        if found:
            state = "has no tables" if without_tables else "is empty"
            return [Loss(self.name, f"the event log {state}, and yet {', '.join(found)}", gone=GONE)]
        if without_tables:
            raise without_tables
        return []

    def rebuild(self, progress: Progress) -> Sequence[str]:
        """Raises StoreLost."""
        del progress
        raise StoreLost("the event log cannot be built from anything else: restore a backup")


def _asked(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except Exception:  # noqa: BLE001 - a store that does not answer is no trace, and is reported by its own inspection
        return ""
