"""Asks a worker whether it lives, from outside: one that is suspended, or whose threads all hang, cannot end itself."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from http import HTTPStatus
from typing import IO

import structlog

from embedded.process import Child

log = structlog.get_logger(__name__)
EVERY = 1.0
TIMEOUT = 1.5
MISSES = 6
"""So many answers in a row must fail: 15 s for a process that says nothing at all."""


def watch(name: str, child: Child, at: tuple[str, int], stopping: threading.Event) -> None:
    """Ask in the background until the child ends; kill it after MISSES failures in a row."""
    threading.Thread(target=_watch, args=(name, child, at, stopping), name=f"liveness-{name}", daemon=True).start()


def _watch(name: str, child: Child, at: tuple[str, int], stopping: threading.Event) -> None:
    misses = 0
    while child.exit_code is None and not stopping.wait(EVERY):
        misses = 0 if lives(*at) else misses + 1
        if misses >= MISSES:
            log.error("worker.does_not_answer", what=name)
            child.process.kill()  # its keeper waits for it, clears its group and starts it again
            return


def lives(host: str, port: int) -> bool:
    """Whether the worker there says that it lives."""
    return ask(host, port, "/livez", timeout=TIMEOUT)[0]


def ask(host: str, port: int, path: str, *, timeout: float) -> tuple[bool, str]:
    """Whether a worker's check is passed, and what it says. Never raises."""
    try:
        with _direct.open(f"http://{host}:{port}{path}", timeout=timeout) as answer:
            return answer.status == HTTPStatus.OK, _said(answer)
    except urllib.error.HTTPError as error:
        with error:
            return False, _said(error)
    except OSError as error:
        return False, type(error).__name__


def _said(answer: IO[bytes]) -> str:
    return ", ".join(answer.read(2_000).decode(errors="replace").splitlines())


# The environment may name a proxy, which knows nothing of this machine.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
