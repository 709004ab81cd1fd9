"""Keeps one server or worker running: starts it, waits for its end, restarts it after a pause that doubles."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from embedded.crash_loop import Crashes
from embedded.process import Child
from embedded.state_file import StateFile
from schemas.errors import Unavailable
from telemetry.error_text import named_text

FIRST_PAUSE = 0.25
LONGEST_PAUSE = 15.0
HEALTHY_AFTER = 30.0
MEANINGS = {70: "an agent failed", 86: "its watchdog saw no progress"}
"""What our workers mean by their exit codes."""


class Runnable(Protocol):
    """What is kept running: a `Server` or a `RunningWorker`."""

    child: Child | None

    @property
    def pid(self) -> int | None: ...

    @property
    def port(self) -> int | None: ...

    @property
    def host(self) -> str: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Backoff:
    """Pauses of 0.25, 0.5, 1, … 15 s; reset once it ran for 30 s."""

    def __init__(self) -> None:
        self._failures = 0

    def pause(self, lived: float) -> float:
        """The pause after a run of `lived` seconds."""
        self._failures = 1 if lived >= HEALTHY_AFTER else self._failures + 1
        return min(LONGEST_PAUSE, FIRST_PAUSE * float(2 ** (self._failures - 1)))


class UnitSupervisor:
    """One thread per unit. `on_change(name, what)` is called, from that thread, when it became ready, ended or gave up."""

    def __init__(
        self,
        name: str,
        unit: Runnable,
        state_file: StateFile,
        on_change: Callable[[str, str], None],
        *,
        first_tries: int,
    ) -> None:
        self.name, self.unit, self.state_file = name, unit, state_file
        self.ready_once = threading.Event()
        self.failure: Unavailable | None = None
        self._on_change, self._first_tries = on_change, first_tries
        self._stopping, self._wake = threading.Event(), threading.Event()
        self._asked = threading.Event()
        self._requested = 0
        self._crashes = Crashes()
        self._thread = threading.Thread(target=self._keep, name=f"supervisor-{name}", daemon=True)

    def start(self) -> None:
        """Start in the background."""
        self._thread.start()

    def _keep(self) -> None:
        backoff, restarts, phase = Backoff(), 0, "starting"
        while not self._stopping.is_set():
            began = time.monotonic()
            self.state_file.unit(self.name, phase=phase, restarts=restarts)
            ending = self._run_once()
            phase = "restarting"
            if self._was_asked():
                continue
            restarts += 1
            if self._stopping.is_set() or self._gives_up(restarts, ending):
                return
            self._crashes.ended(time.monotonic())
            note = self._crashes.note() + str(ending).partition("\n")[0]
            self.state_file.unit(self.name, phase=phase, pid=None, restarts=restarts, note=note)
            self._on_change(self.name, f"starting again: {note}")
            self._wake.wait(self._crashes.pause(backoff.pause(time.monotonic() - began)))
            self._was_asked()

    def _was_asked(self) -> bool:
        """Whether this end was asked for: then it is no crash, and the next start comes at once."""
        if self._stopping.is_set() or not self._asked.is_set():
            return False
        self._asked.clear()
        self._wake.clear()
        self._requested += 1
        self.state_file.unit(self.name, phase="restarting", pid=None, note="")
        self._on_change(self.name, "restarting, as asked")
        return True

    def _run_once(self) -> Unavailable:
        """Run it until it ends; returns the end as an error."""
        began = time.monotonic()
        try:
            self.unit.start()
        except Unavailable as error:
            return error
        except Exception as error:  # noqa: BLE001  # a driver may raise anything while its server comes up; we try again
            return Unavailable(f"{self.name}: {named_text(error)}")
        child = self.unit.child
        if child is None:  # it was stopped while starting
            return Unavailable(f"{self.name} was stopped")
        address = {"host": self.unit.host, "port": self.unit.port}
        self.state_file.unit(
            self.name, phase="ready", pid=child.pid, note=self._crashes.note(), requested=self._requested, **address
        )
        self.ready_once.set()
        self._on_change(self.name, f"ready after {time.monotonic() - began:.1f} s")
        code = child.process.wait()
        child.kill()  # and whatever is left in its process group
        return Unavailable(f"{self.name} ended with code {code}" + (f": {MEANINGS[code]}" if code in MEANINGS else ""))

    def _gives_up(self, failures: int, ending: Unavailable) -> bool:
        """A unit that never starts in its first attempts is misconfigured: give up instead of retrying for ever."""
        if self.ready_once.is_set() or failures < self._first_tries:
            return False
        self.failure = ending
        self._on_change(self.name, "gave up")
        return True

    def restart(self) -> None:
        """End the unit in order; its thread starts it again at once. Returns when it has ended."""
        self._asked.set()
        self.state_file.unit(self.name, phase="restarting", note="stopping, as asked")
        self.unit.stop()
        if self._asked.is_set():  # it did not run: its thread waits out a pause
            self._wake.set()

    def stop(self) -> None:
        """Stop the unit for good; returns when it has ended."""
        self._stopping.set()
        self._wake.set()
        self.state_file.unit(self.name, phase="stopping")
        self.unit.stop()
        if self._thread.is_alive():
            self._thread.join(timeout=1)
        self.unit.stop()  # in case it was just being started
        self.state_file.unit(self.name, phase="stopped", pid=None)
