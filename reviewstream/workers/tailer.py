"""The tailer: reads the event log once and feeds step topics, public topics and projections, a position each."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable

import structlog

from eventstore.subscription import Handler, Subscription
from eventstore.tail import SharedTail, Wakeup
from reviewstream.bootstrap import Bootstrap
from reviewstream.embedded.ready import announce_ready
from reviewstream.publishers import PUBLISHERS
from reviewstream.readmodels import clickhouse_handler, postgres_handler
from reviewstream.workers.collector import calm

log = structlog.get_logger(__name__)


def run(parts: Bootstrap) -> None:
    """Feed every subscription until SIGTERM or SIGINT. Raises what ended the first of them."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    tail = SharedTail(parts.event_log, Wakeup(parts.settings.url("eventstore")))
    try:
        feeds = [_Feed(Subscription(handler, tail, linger=linger), stop) for handler, linger in _handlers(parts)]
        calm()
        announce_ready()
        stop.wait()
        for feed in feeds:
            feed.join()
    finally:
        tail.close()


class _Feed:
    """One subscription in a thread of its own; its error stops all, and joining raises it."""

    def __init__(self, subscription: Subscription, stop: threading.Event) -> None:
        self._subscription, self._stop = subscription, stop
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=subscription.handler.name, daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait for its end. Raises what ended it."""
        self._thread.join(timeout=10)
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            self._subscription.run(self._stop)
        except Exception as error:
            log.exception("subscription.failed", subscriber=self._subscription.handler.name)
            self._error = error
            self._stop.set()


def _handlers(parts: Bootstrap) -> list[tuple[Handler, float]]:
    """What the setting `subscriptions` names, each with its linger under load in seconds."""
    wanted = [name.strip() for name in parts.settings.subscriptions.split(",")]
    if parts.settings.public_topics == "off":
        wanted = [name for name in wanted if name != "public"]
    return [(_BUILD[name](parts), _LINGER[name]) for name in wanted]


_BUILD: dict[str, Callable[[Bootstrap], Handler]] = {
    **PUBLISHERS,
    "postgres": postgres_handler,
    "clickhouse": clickhouse_handler,
}
# The saga waits for steps; read models may be a moment behind, and each ClickHouse insert costs four parts on disk.
_LINGER = {"steps": 0.2, "public": 0.5, "postgres": 0.4, "clickhouse": 1.0}
