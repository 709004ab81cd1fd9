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
from reviewstream.readmodels import clickhouse_handler, postgres_handler
from reviewstream.workers import sweeping
from reviewstream.workers.collector import calm
from streams.publishers import Publisher, public_messages, step_messages

log = structlog.get_logger(__name__)
SWEEPER = "sweeper"


def run(parts: Bootstrap) -> None:
    """Feed every subscription until SIGTERM or SIGINT. Raises what ended the first of them."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    tail = SharedTail(parts.event_log, Wakeup(parts.settings.url("eventstore")))
    try:
        feeds = [_Feed(name, _runner(parts, name, tail), stop) for name in _wanted(parts)]
        calm()
        announce_ready()
        stop.wait()
        for feed in feeds:
            feed.join()
    finally:
        tail.close()


class _Feed:
    """One subscription, or the sweeper, in a thread of its own; its error stops all, and joining raises it."""

    def __init__(self, name: str, run: Callable[[threading.Event], None], stop: threading.Event) -> None:
        self._name, self._running, self._stop = name, run, stop
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait for its end. Raises what ended it."""
        self._thread.join(timeout=10)
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            self._running(self._stop)
        except Exception as error:
            log.exception("subscription.failed", subscriber=self._name)
            self._error = error
            self._stop.set()


def _wanted(parts: Bootstrap) -> list[str]:
    """What the setting `subscriptions` names."""
    wanted = [name.strip() for name in parts.settings.subscriptions.split(",")]
    return [name for name in wanted if name != "public" or parts.settings.public_topics != "off"]


def _runner(parts: Bootstrap, name: str, tail: SharedTail) -> Callable[[threading.Event], None]:
    if name == SWEEPER:
        return sweeping.build(parts).run
    return Subscription(_BUILD[name](parts), tail, linger=_LINGER[name]).run


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
# Seconds, under load. The saga waits for steps; read models may be a moment behind, and each ClickHouse insert costs four parts on disk,
# which it has to merge: with 3 seconds a third less of its time than with one.
_LINGER = {"steps": 0.2, "public": 0.5, "postgres": 0.4, "clickhouse": 3.0}
