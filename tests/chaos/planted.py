"""Planted bugs: small patches on a copy of the product, each of which must turn the proof red."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.chaos import trial
from tests.chaos.schedule import Schedule
from tests.chaos.stack import ROOT, Stack, stack
from tests.chaos.trial import Load, Outcome

BUGS = Path(__file__).with_name("bugs")
LOAD = Load(count=90, seconds=4.0)
PATIENCE = 40.0
LONG_PATIENCE = 120.0
"""On a stack that was broken many times before: crash loops are slowed."""
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Bug:
    """A patch; its head says what is wrong and which failpoints expose it."""

    name: str
    what: str
    plan: str
    patch: Path

    @classmethod
    def read(cls, patch: Path) -> Self:
        head = dict(re.findall(r"^(What|Plan): *(.*)$", patch.read_text(), re.MULTILINE))
        plan = head["Plan"]
        return cls(patch.stem, head["What"], "" if plan == NOTHING else plan, patch)

    def applies(self, tree: Path) -> str:
        """What git says against it, or nothing."""
        return _git("apply", "--check", str(self.patch), cwd=tree).stderr


def bugs() -> list[Bug]:
    """All by name."""
    return [Bug.read(patch) for patch in sorted(BUGS.glob("*.patch"))]


def planted(bug: Bug, directory: Path) -> Path:
    """A copy of the product with the bug in it."""
    listed = _git("ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=ROOT).stdout.split("\0")
    for name in filter(None, listed):
        if not name.startswith(("tests/", "docs/", "benchmarks/")) and (ROOT / name).is_file():
            target = directory / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
    done = _git("apply", str(bug.patch), cwd=directory)
    if done.returncode:
        raise RuntimeError(f"{bug.name} does not apply any more: {done.stderr}")
    return directory


def expose(bug: Bug, directory: Path) -> Outcome:
    """One run with the bug and its failpoints."""
    tree = planted(bug, directory / "tree")
    with stack(directory / "data", tree) as running:
        return once(running, bug)


def once(running: Stack, bug: Bug, *, patience: float = PATIENCE) -> Outcome:
    """The bug's load and failpoints on a stack; without the bug in it this must find nothing."""
    return trial.run(running, 0, Schedule((), bug.plan), load=LOAD, patience=patience)


def _git(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    # The copy is no repository, whatever it lies in.
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(cwd.parent)}
    return subprocess.run(["git", *args], cwd=cwd, env=environment, capture_output=True, text=True, check=False)
