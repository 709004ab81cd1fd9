"""The tailer: reads the event log once and feeds step topics, public topics, the raw store's changes and projections.

Each has a position of its own.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from functools import partial
from typing import Protocol

import structlog

from connectors.faults import Fault
from connectors.mongo import FAULTS as MONGO_FAULTS
from debezium.captures import ON_POSTGRES
from eventstore.subscription import Handler, Subscription
from eventstore.tail import SharedTail, Wakeup
from operations.publishers import NAMES as PUBLISHERS
from operations.publishers import RAW_STORE
from projections.lost import as_lost
from reviewstream.bootstrap import Bootstrap
from reviewstream.health.shutdown import end_within
from reviewstream.health.slots import SlotWatch
from reviewstream.health.tail_lag import TailProbe
from reviewstream.workers.contained import Contained
from reviewstream.workers.guard import guard as guarded_by
from reviewstream.workers.lazy import LazyHandler, lazily
from schemas.errors import StoreLost
from telemetry.error_text import named_text
from telemetry.gc_tuning import freeze_gc

log = structlog.get_logger(__name__)
SWEEPER, RETENTION, RAW_REVIEWS, ALARMS = "sweeper", "retention", "raw_reviews", "alarms"
READ_MODELS = ("postgres", "clickhouse")


def run(parts: Bootstrap) -> None:
    """Feed every subscription until SIGTERM or SIGINT. Raises the error that ended one of them."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    tail = SharedTail(parts.event_log, Wakeup(parts.settings.url("eventstore")))
    try:
        subscriptions = {name: _subscription(parts, name, tail) for name in _wanted(parts) if name not in _OTHERS}
        runs = {name: _contained(parts, name, each) for name, each in subscriptions.items()}
        runs |= {name: build(parts) for name, build in _OTHERS.items() if name in _wanted(parts)}
        if SWEEPER in runs:
            runs[RETENTION] = _retention(parts)
        if "clickhouse" in runs:
            runs[ALARMS] = _alarms(parts)
        feeds = [_Feed(name, each.run, stop) for name, each in runs.items()]
        probe = TailProbe(parts.settings.url("eventstore"), list(subscriptions.values()))
        guard = guarded_by(
            parts,
            servers=_servers(parts),
            probe=probe,
            alive=lambda: _ended(feeds),
            remarks=lambda: [each.trouble for each in runs.values() if each.trouble],
        )
        _watch_slots(parts)
        freeze_gc()
        guard.announce()
        end_within(stop.is_set, at_once=guard.stopping, code=lambda: int(any(feed.failed for feed in feeds)))
        stop.wait()
        for feed in feeds:
            feed.join()
    finally:
        tail.close()


class Runs(Protocol):
    """Runs until it is asked to stop. `trouble` says what it cannot do at present, while it keeps trying."""

    @property
    def trouble(self) -> str:
        """Empty while all is well."""
        ...

    def run(self, stop: threading.Event) -> None:
        """Run until `stop` is set."""
        ...


class _Feed:
    """A subscription, the sweeper or the change-stream consumer, in its own thread; an error stops all, and `join` raises it."""

    def __init__(self, name: str, run: Callable[[threading.Event], None], stop: threading.Event) -> None:
        self._name, self._running, self._stop = name, run, stop
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether its thread still runs."""
        return self._thread.is_alive()

    @property
    def failed(self) -> bool:
        """Whether an error ended it."""
        return self._error is not None

    def join(self) -> None:
        """Wait for its end. Raises the error that ended it."""
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
    """The names in the setting `subscriptions`."""
    wanted = [name.strip() for name in parts.settings.subscriptions.split(",")]
    return [name for name in wanted if name != "public" or parts.settings.public_topics == "tailer"]


def _subscription(parts: Bootstrap, name: str, tail: SharedTail) -> Subscription:
    return Subscription(_BUILD[name](parts), tail, linger=_LINGER[name])


def _contained(parts: Bootstrap, name: str, of: Subscription) -> Runs:
    """A read model that is lost holds up nothing else, nor does a raw store that is away."""
    if name == RAW_STORE:
        return Contained(name, of.run, _raw_store_away, subscription=of)
    if name not in READ_MODELS:
        return Contained(name, of.run, lambda _: None)
    return Contained(name, of.run, _lost(parts), check=of.handler.position, subscription=of)


def _lost(parts: Bootstrap) -> Callable[[Exception], StoreLost | None]:
    return lambda error: as_lost(parts.settings.url("readmodels"), error)


def _raw_store_away(error: Exception) -> StoreLost | None:
    fault = MONGO_FAULTS.of(error)
    if fault not in {Fault.TRANSIENT, Fault.FATAL}:
        return None
    return StoreLost(f"the raw store cannot be written: {named_text(error)}; corrections and withdrawals wait for it")


def _sweeper(parts: Bootstrap) -> Runs:
    """It reads the saga's read model."""
    return Contained(SWEEPER, lazily(lambda: parts.sweeper().run), _lost(parts))


def _retention(parts: Bootstrap) -> Runs:
    """It removes read models' retired versions, among others."""
    return Contained(RETENTION, lazily(lambda: parts.retention().run), _lost(parts))


def _alarms(parts: Bootstrap) -> Runs:
    """It reads what the analytics count, and appends to the log."""
    return Contained(ALARMS, lazily(lambda: parts.alarm_keeper().run), _lost(parts))


def _publisher(name: str, parts: Bootstrap) -> Handler:
    return parts.publishers.make(name)


def _postgres(parts: Bootstrap) -> Handler:
    return parts.read_models.postgres_handler()


def _clickhouse(parts: Bootstrap) -> Handler:
    return parts.read_models.clickhouse_handler()


def _servers(parts: Bootstrap) -> list[str]:
    """The servers that the subscriptions rely on."""
    return list(dict.fromkeys(server for name in _wanted(parts) for server in _SERVERS[name]))


def _watch_slots(parts: Bootstrap) -> None:
    """Only in the worker that feeds the steps: there is always one, whichever publisher feeds the public topics."""
    if "steps" in _wanted(parts):
        watch = SlotWatch([parts.settings.url(name) for name in _captured(parts)])
        watch.start()
        parts.closing.callback(watch.stop)


def _captured(parts: Bootstrap) -> list[str]:
    """The databases with captured tables whose URL this worker knows; most or all are on one server."""
    stores = dict.fromkeys(each.store for each in ON_POSTGRES)
    return [name for name in stores if getattr(parts.settings, f"{name}_url") is not None]


def _ended(feeds: list[_Feed]) -> str:
    return "" if all(feed.alive for feed in feeds) else "a subscription has ended"


_BUILD: dict[str, Callable[[Bootstrap], Handler]] = {
    **{name: partial(_publisher, name) for name in PUBLISHERS},
    "postgres": lambda parts: LazyHandler("projections.postgres", partial(_postgres, parts)),
    "clickhouse": lambda parts: LazyHandler("projection.analytics", partial(_clickhouse, parts)),
}
_OTHERS: dict[str, Callable[[Bootstrap], Runs]] = {
    SWEEPER: _sweeper,
    RAW_REVIEWS: lambda parts: parts.raw_store_consumer(),
}
"""What else the process runs: these do not read the event log."""
# Seconds, under load. The saga waits for steps; read models may be a moment behind, and each ClickHouse insert costs
# four parts on disk, which it has to merge: with 3 seconds a third less of its time than with one.
_LINGER = {"steps": 0.2, "public": 0.5, RAW_STORE: 0.5, "postgres": 0.4, "clickhouse": 3.0}
_SERVERS = {
    "steps": ("eventstore", "kafka"),
    "public": ("eventstore", "kafka"),
    RAW_STORE: ("eventstore", "mongo"),
    "postgres": ("eventstore", "readmodels"),
    "clickhouse": ("eventstore", "readmodels", "clickhouse"),
    SWEEPER: ("eventstore", "readmodels", "kafka"),
    RAW_REVIEWS: ("eventstore", "mongo", "kafka"),
}
