"""Checks from outside that a worker is alive: one that is suspended, or whose threads all hang, cannot end itself."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from http import HTTPStatus
from typing import IO

import structlog

from embedded.process import Child
from telemetry.error_text import named_text

log = structlog.get_logger(__name__)
EVERY = 1.0
TIMEOUT = 1.5
MISSES = 6
"""Consecutive failures before a kill: 15 s for a process that does not answer at all."""


def watch(name: str, child: Child, at: tuple[str, int], stopping: threading.Event) -> None:
    """Check in the background until the child ends; kill it after MISSES consecutive failures."""
    threading.Thread(target=_watch, args=(name, child, at, stopping), name=f"liveness-{name}", daemon=True).start()


def _watch(name: str, child: Child, at: tuple[str, int], stopping: threading.Event) -> None:
    misses = 0
    while child.exit_code is None and not stopping.wait(EVERY):
        misses = 0 if lives(*at) else misses + 1
        if misses >= MISSES:
            log.error("worker.unresponsive", what=name)
            child.process.kill()  # its UnitSupervisor waits for it, clears its group and restarts it
            return


def lives(host: str, port: int) -> bool:
    """Whether the worker there passes its liveness check."""
    return ask(host, port, "/livez", timeout=TIMEOUT)[0]


def ask(host: str, port: int, path: str, *, timeout: float) -> tuple[bool, str]:
    """Whether a worker's check passes, and its text. Never raises."""
    try:
        with _direct.open(f"http://{host}:{port}{path}", timeout=timeout) as answer:
            return answer.status == HTTPStatus.OK, _text(answer)
    except urllib.error.HTTPError as error:
        with error:
            return False, _text(error)
    except OSError as error:
        return False, named_text(error)


def _text(answer: IO[bytes]) -> str:
    return ", ".join(answer.read(2_000).decode(errors="replace").splitlines())


# The environment may name a proxy, which knows nothing of this machine.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
