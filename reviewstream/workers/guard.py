"""What watches a worker, as its settings have it."""

from __future__ import annotations

from collections.abc import Callable, Collection

from reviewstream.bootstrap import Bootstrap
from reviewstream.health.guard import Guard, trace
from reviewstream.health.pings import pings
from reviewstream.health.watchdog import Look


def guard(parts: Bootstrap, *, servers: Collection[str], look: Look, alive: Callable[[], str] = str) -> Guard:
    """`servers`, named as in the settings, are those that the work relies on; `alive` says what is stuck, or nothing."""
    settings = parts.settings
    made = Guard(
        parts.closing,
        pings=pings({name: settings.url(name) for name in servers}, lambda: parts.mongo),
        look=look,
        address=settings.health_address,
        limit=settings.watchdog_seconds,
        alive=alive,
    )
    trace(parts.closing, settings.otlp_endpoint, process=parts.process)
    return made
