"""The shell of somebody who reads a page in a clone: what one command sets is there for the next."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.untraced import untraced
from tests.waiting import until

OURS = Path(sys.executable).parent
LIMIT = 180
"""Seconds for one command."""


def environment(*first: Path) -> dict[str, str]:
    """This process's, with these folders at the head of PATH and without the programs of the tests' own environment."""
    rest = [folder for folder in os.environ["PATH"].split(":") if Path(folder).resolve() != OURS.resolve()]
    env = {**untraced(), "PATH": ":".join([*map(str, first), *rest])}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # as the Makefile has it: each command would compile every module again
    return env


@dataclass
class Shell:
    """Bash with aliases, as at a terminal; what a command prints goes to a file in `notes`."""

    process: subprocess.Popen[str]
    notes: Path
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def run(self, command: str) -> tuple[int, str]:
        """What it exits with, and its output and errors."""
        number = next(self.numbers)
        typed, printed, code, done = (self.notes / f"{number}.{kind}" for kind in ("sh", "out", "code", "done"))
        typed.write_text(f"{command}\n")
        assert self.process.stdin is not None
        self.process.stdin.write(f". {typed} </dev/null >{printed} 2>&1\necho $? >{code}; mv {code} {done}\n")
        self.process.stdin.flush()
        until(lambda: done.exists() or self.process.poll() is not None, LIMIT, otherwise=f"{command}: takes too long")
        assert done.exists(), f"{command}: ended the shell"
        return int(done.read_text()), printed.read_text()


@contextmanager
def shell(directory: Path, notes: Path, env: Mapping[str, str]) -> Iterator[Shell]:
    """One that begins in `directory`."""
    notes.mkdir()
    argv = ["bash", "--noprofile", "--norc", "-O", "expand_aliases"]
    with subprocess.Popen(
        argv,
        cwd=directory,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield Shell(process, notes)
        finally:
            if process.poll() is None:  # with what hangs in it; a stack that it has started is a session of its own
                os.killpg(process.pid, signal.SIGKILL)
