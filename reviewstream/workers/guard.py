"""Builds what watches a worker, from its settings."""

from __future__ import annotations

from collections.abc import Callable, Collection

from reviewstream.bootstrap import Bootstrap
from reviewstream.health.guard import Guard, trace
from reviewstream.health.pings import pings
from reviewstream.health.watchdog import Probe


def guard(
    parts: Bootstrap,
    *,
    servers: Collection[str],
    probe: Probe,
    alive: Callable[[], str] = str,
    remarks: Callable[[], list[str]] = list,
) -> Guard:
    """`servers`, named as in the settings, are those that the work relies on; `alive` and `remarks` as for Guard."""
    settings = parts.settings
    built = Guard(
        parts.closing,
        pings=pings({name: settings.url(name) for name in servers}, lambda: parts.mongo),
        probe=probe,
        address=settings.health_address,
        limit=settings.watchdog_seconds,
        alive=alive,
        remarks=remarks,
    )
    trace(parts.closing, settings.otlp_endpoint, process=parts.process)
    return built
