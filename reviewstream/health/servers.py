"""Whether the servers that a worker relies on answer: one ping each, every second or two, in threads of their own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from telemetry.metrics import SERVER_UP

EVERY = 1.5
LATELY = 6.0
Ping = Callable[[], object]


class Servers:
    """Pings until `stop`. A hanging ping means a server that does not answer, and delays no other ping."""

    def __init__(self, pings: Mapping[str, Ping], *, every: float = EVERY, lately: float = LATELY) -> None:
        """`pings` by server; each raises any exception when there is no answer. Times in seconds."""
        self._pings, self._every, self._lately = pings, every, lately
        self._answered: dict[str, float] = {}
        self._stopping = threading.Event()

    def start(self) -> None:
        """Start in the background."""
        for name, ping in self._pings.items():
            threading.Thread(target=self._run, args=(name, ping), name=f"ping-{name}", daemon=True).start()

    def stop(self) -> None:
        """Stop pinging."""
        self._stopping.set()

    def silent(self) -> list[str]:
        """The servers that have not answered lately."""
        since = time.monotonic() - self._lately
        return [name for name in self._pings if self._answered.get(name, since) <= since]

    def _run(self, name: str, ping: Ping) -> None:
        up = SERVER_UP.labels(name)
        while not self._stopping.is_set():
            up.set(self._ask(name, ping))
            self._stopping.wait(self._every)

    def _ask(self, name: str, ping: Ping) -> bool:
        try:
            ping()
        except Exception:  # noqa: BLE001 - whatever a driver raises means that there was no answer
            return False
        self._answered[name] = time.monotonic()
        return True
