"""The jars of Kafka and Debezium, as connectors.jars fetches and verifies them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from connectors import jars

LISTING = Path(__file__).with_name("jars.sha256")
_OTHERWISE = "name servers of your own by REVIEWSTREAM_KAFKA_URL and REVIEWSTREAM_CONNECT_URL"


def class_path(report: Callable[[str], None], *, listing: Path = LISTING, cache: Path | None = None) -> str:
    """Java's class path of exactly the listed jars; else as `fetched`."""
    return os.pathsep.join(map(str, fetched(report, listing=listing, cache=cache)))


def fetched(report: Callable[[str], None], *, listing: Path = LISTING, cache: Path | None = None) -> list[Path]:
    """Exactly the listed jars; else as `connectors.jars.fetched`."""
    return jars.fetched(jars.read_listing(listing), report, what="Kafka's jars", otherwise=_OTHERWISE, cache=cache)
