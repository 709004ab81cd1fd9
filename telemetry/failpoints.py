"""Named points around every durable write, publish and acknowledgement, at which a test makes a process fail.

A plan is `point=action[:nth[:seconds]]`, several separated by `;`. At the nth time that a process passes the point (the
first, if not given) the action waits `seconds` and then acts:

crash   SIGKILL to the process itself
error   raises InjectedError
delay   nothing more

docs/reliability.md lists the points. They live in the lowest layer because every other layer has some.
"""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

PLAN = "REVIEWSTREAM_FAILPOINTS"
DIRECTORY = "REVIEWSTREAM_FAILPOINTS_DIR"
FORM = re.compile(r"([a-z_.]+)=(crash|error|delay)(?::([1-9]\d*)(?::(\d+(?:\.\d+)?))?)?")


class InjectedError(Exception):
    """Raised by a failpoint; classified as transient."""

    quotes_nothing: ClassVar[bool] = True


class InvalidPlan(ValueError):
    """A malformed plan; the message shows the form."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens at a point; `nth` counts from 1 within one process."""

    point: str
    action: str
    nth: int = 1
    seconds: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Self:
        """One rule as a plan has it. Raises InvalidPlan that shows the form."""
        found = FORM.fullmatch(text.strip())
        if found is None:
            raise InvalidPlan(f"{PLAN}: not a failpoint: {text!r}; write point=crash|error|delay[:nth[:seconds]]")
        point, action, nth, seconds = found.groups()
        return cls(point, action, int(nth or 1), float(seconds or 0))

    def act(self) -> None:
        """Wait, then fail. Raises InjectedError for `error`; does not return from `crash`."""
        time.sleep(self.seconds)
        if self.action == "crash":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.action == "error":
            raise InjectedError(f"failpoint {self.point}")


def parse(plan: str) -> dict[str, list[Rule]]:
    """The rules of a plan by point. Raises InvalidPlan."""
    rules: dict[str, list[Rule]] = defaultdict(list)
    for text in plan.split(";"):
        if text.strip():
            rule = Rule.parse(text)
            rules[rule.point].append(rule)
    return dict(rules)


class Armed:
    """A plan in force in this process; every rule fires once.

    With a `directory` the plan is read from its file `plan` whenever that changes, a rule fires once among
    all processes that share the directory, and each process writes the points it passes to a file `hits-PID`.
    """

    def __init__(self, plan: str = "", directory: Path | None = None) -> None:
        self._directory = directory
        self._rules = parse(plan)
        self._lock = threading.Lock()
        self._passed: Counter[str] = Counter()
        self._fired: set[Rule] = set()
        self._stamp = 0
        self._hits = -1 if directory is None else _appending(directory / f"hits-{os.getpid()}")

    def hit(self, point: str) -> None:
        """Pass the point. Raises InjectedError if the plan demands it."""
        with self._lock:
            self._reload_plan()
            self._passed[point] += 1
            if self._hits >= 0:
                os.write(self._hits, f"{point}\n".encode())  # at once: the next thing may be SIGKILL
            due = [rule for rule in self._rules.get(point, ()) if rule.nth <= self._passed[point] and self._claim(rule)]
        for rule in due:
            rule.act()

    def _reload_plan(self) -> None:
        file = None if self._directory is None else self._directory / "plan"
        if file is None or not file.exists() or (stamp := file.stat().st_mtime_ns) == self._stamp:
            return
        self._stamp, self._rules = stamp, parse(file.read_text())
        self._passed.clear()
        self._fired.clear()

    def _claim(self, rule: Rule) -> bool:
        """Whether this process fires it: no process has before."""
        if rule in self._fired:
            return False
        self._fired.add(rule)
        if self._directory is None:
            return True
        try:
            (self._directory / f"fired-{self._stamp}-{rule.point}-{rule.action}-{rule.nth}").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


class _Switch:
    armed: Armed | None = None


def hit(point: str) -> None:
    """Pass a point: one check and nothing else, unless a plan is armed. Raises InjectedError if the plan demands it."""
    if _Switch.armed is not None:
        _Switch.armed.hit(point)


def arm(environment: Mapping[str, str]) -> None:
    """Arm the plan of REVIEWSTREAM_FAILPOINTS or REVIEWSTREAM_FAILPOINTS_DIR; disarm if neither is set."""
    plan, directory = environment.get(PLAN, ""), environment.get(DIRECTORY, "")
    _Switch.armed = Armed(plan, Path(directory) if directory else None) if plan or directory else None


def _appending(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
