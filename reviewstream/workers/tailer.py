"""The tailer: reads the event log once and feeds step topics, public topics and projections, a position each."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable

import structlog

from eventstore.subscription import Handler, Subscription
from eventstore.tail import SharedTail, Wakeup
from reviewstream.bootstrap import Bootstrap
from reviewstream.health.ending import end_within
from reviewstream.health.guard import Guard
from reviewstream.health.tailing import TailLook
from reviewstream.readmodels import clickhouse_handler, postgres_handler
from reviewstream.workers.collector import calm
from streams.publishers import Publisher, public_messages, step_messages

log = structlog.get_logger(__name__)


def run(parts: Bootstrap) -> None:
    """Feed every subscription until SIGTERM or SIGINT. Raises what ended the first of them."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    tail = SharedTail(parts.event_log, Wakeup(parts.settings.url("eventstore")))
    try:
        subscriptions = [Subscription(handler, tail, linger=linger) for handler, linger in _handlers(parts)]
        feeds = [_Feed(subscription, stop) for subscription in subscriptions]
        look = TailLook(parts.settings.url("eventstore"), subscriptions)
        guard = Guard(parts, servers=_servers(parts), look=look, alive=lambda: _ended(feeds))
        calm()
        guard.announce()
        end_within(stop.is_set, at_once=guard.stopping, code=lambda: int(any(feed.failed for feed in feeds)))
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

    @property
    def alive(self) -> bool:
        """Whether it still feeds."""
        return self._thread.is_alive()

    @property
    def failed(self) -> bool:
        """Whether an error ended it."""
        return self._error is not None

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
    return [(_BUILD[name](parts), _LINGER[name]) for name in _wanted(parts)]


def _wanted(parts: Bootstrap) -> list[str]:
    wanted = [name.strip() for name in parts.settings.subscriptions.split(",")]
    return [name for name in wanted if name != "public" or parts.settings.public_topics != "off"]


def _servers(parts: Bootstrap) -> list[str]:
    """What the subscriptions rely on."""
    return list(dict.fromkeys(server for name in _wanted(parts) for server in _SERVERS[name]))


def _ended(feeds: list[_Feed]) -> str:
    return "" if all(feed.alive for feed in feeds) else "a subscription has ended"


def _steps(parts: Bootstrap) -> Publisher:
    return Publisher("steps", step_messages(parts.settings.partitions), parts.producer, parts.positions)


def _public(parts: Bootstrap) -> Publisher:
    return Publisher("public", public_messages, parts.new_producer(), parts.positions)


_BUILD: dict[str, Callable[[Bootstrap], Handler]] = {
    "steps": _steps,
    "public": _public,
    "postgres": postgres_handler,
    "clickhouse": clickhouse_handler,
}
# The saga waits for steps; read models may be a moment behind, and each ClickHouse insert costs four parts on disk.
_LINGER = {"steps": 0.2, "public": 0.5, "postgres": 0.4, "clickhouse": 1.0}
_SERVERS = {
    "steps": ("eventstore", "kafka"),
    "public": ("eventstore", "kafka"),
    "postgres": ("eventstore", "readmodels"),
    "clickhouse": ("eventstore", "readmodels", "clickhouse"),
}
