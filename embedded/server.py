"""What every embedded server has in common: prepare, start, ping, provision, stop."""

from __future__ import annotations

import signal
import socket
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from connectors.wait import wait_out
from embedded.datadir import DataDir
from embedded.process import Child, server_env, tail
from embedded.ready import LOOPBACK
from schemas.errors import Unavailable
from telemetry.error_text import named_text


def print_on_stderr(text: str) -> None:
    """The default listener for a server's progress."""
    print(text, file=sys.stderr)


@dataclass(frozen=True, slots=True)
class Health:
    """The answer to one ping over the server's real protocol."""

    ok: bool
    detail: str
    seconds: float


class NotReady(Exception):  # internal: a state while starting, never raised to callers
    """Running, but not answering yet."""


class Died(Exception):  # internal: start() turns the last one into `Unavailable`
    """It ended before it answered."""


class Server(ABC):
    """One server as a child process. Subclasses say how to prepare, run, and ping it."""

    name: ClassVar[str]
    stop_signal: ClassVar[int] = signal.SIGTERM
    death_signal: ClassVar[int] = signal.SIGKILL
    stop_seconds: ClassVar[float] = 6.0
    start_seconds: ClassVar[float] = 60.0  # for a busy machine; one that ends is noticed at once

    def __init__(self, data: DataDir) -> None:
        self.data = data
        self.report: Callable[[str], None] = print_on_stderr
        self.directory = data.root / self.name
        self.log = data.logs / f"{self.name}.log"
        self.child: Child | None = None
        self.identity = "same"
        self._stopping = threading.Event()

    def prepare(self) -> None:
        """Work before each start, at least creating the directory. Must survive a kill half-way."""
        self.directory.mkdir(mode=0o700, exist_ok=True)

    @abstractmethod
    def argv(self) -> list[str]:
        """The command line."""

    @abstractmethod
    def ping(self) -> str:
        """Ask over the real protocol; returns the version. Raises any exception when it does not answer."""

    @abstractmethod
    def environment(self) -> dict[str, str]:
        """The URL settings that lead to this server."""

    def provision(self) -> None:  # noqa: B027  # a hook that most servers do not need
        """Work once it answers, such as creating databases. Idempotent."""

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self.child.pid if self.child and self.child.exit_code is None else None

    @property
    def ports(self) -> tuple[str, ...]:
        """The names of the ports it listens on."""
        return (self.name,)

    @property
    def host(self) -> str:
        """Servers listen on loopback only."""
        return LOOPBACK

    @property
    def port(self) -> int:
        """Its loopback port."""
        return self.data.port(self.name)

    def start(self) -> None:
        """Run it and return when it serves. Raises `Unavailable` with the tail of its log."""
        if self.pid is not None:
            return
        self._stopping.clear()
        if self.child is None:  # a restart keeps its port: the clients know it
            for name in self.ports:
                self.data.choose_port(name)
        self.prepare()
        # What a killed predecessor leaves (shared memory, lock files) takes seconds to clear, so the first tries may end at once.
        try:
            wait_out(self._may_come_up, self._start_once, 10, every=0.4)
            self.provision()
        except (Died, NotReady) as error:
            self.kill()
            raise Unavailable(f"{self.name} did not start: {error}; see {self.log}\n{tail(self.log)}") from error
        except BaseException:
            self.kill()
            raise

    def _start_once(self) -> None:
        self.child = Child(
            self.name,
            self.argv(),
            self.log,
            env=server_env(),
            death_signal=self.death_signal,
            identity=self.identity,
        )
        wait_out(NotReady, self._check, self.start_seconds)

    def _may_come_up(self, error: BaseException) -> bool:
        return isinstance(error, Died) and not self._stopping.is_set()

    def _check(self) -> None:
        if self.child is None or self.child.exit_code is not None:
            raise Died(f"it ended with code {self.child.exit_code if self.child else None}")
        health = self.health()
        if not health.ok:
            raise NotReady(f"no answer within {self.start_seconds:.0f} s ({health.detail})")

    def health(self) -> Health:
        """Ping our process. Never raises."""
        return self.answer() if self.pid is not None else Health(ok=False, detail="not running", seconds=0.0)

    def answer(self) -> Health:
        """Ping the server on its port, which may be another process's child. Never raises."""
        began = time.monotonic()
        try:
            # Drivers wait, retry and log before they report that nothing listens.
            socket.create_connection((self.host, self.port), timeout=1).close()
            ok, detail = True, self.ping()
        except Exception as error:  # noqa: BLE001  # whatever a driver raises means the same here
            ok, detail = False, named_text(error)
        return Health(ok=ok, detail=detail, seconds=time.monotonic() - began)

    def stop(self) -> None:
        """Stop it in order, by force after `stop_seconds`. A start in progress gives up."""
        self._stopping.set()
        if self.child is not None:
            self.child.stop(self.stop_signal, seconds=self.stop_seconds)

    def kill(self) -> None:
        """SIGKILL."""
        if self.child is not None:
            self.child.kill()
