"""How far the subscriptions of a tailer are behind the head of the event log."""

from __future__ import annotations

from collections.abc import Sequence

from eventstore.statements import statement
from eventstore.subscription import Subscription
from reviewstream.health.pings import OneConnection
from reviewstream.health.standstill import Seen
from telemetry.metrics import SUBSCRIPTION_LAG
from telemetry.progress import beats


class TailProbe:
    """Probes every subscription that has reported its position. Pages of a long catch-up count as progress."""

    def __init__(self, url: str, subscriptions: Sequence[Subscription]) -> None:
        """`url` of the event log's database, queried on a connection of its own."""
        self._log, self._subscriptions = OneConnection(url), subscriptions

    def __call__(self) -> dict[str, Seen]:
        """Raises psycopg.Error when the log's server does not answer."""
        positions = {each.handler.name: each.handled for each in self._subscriptions if each.handled >= 0}
        head = self._log.value(statement("head"))
        return {name: self._seen(name, position, head) for name, position in positions.items()}

    def _seen(self, name: str, position: int, head: int) -> Seen:
        waiting = max(0, head - position)
        SUBSCRIPTION_LAG.labels(name).set(waiting)
        return Seen((position, beats("projection") if name.startswith("projection") else 0), waiting)
