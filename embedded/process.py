"""Child processes that cannot outlive us: started through `launch.py`, logged to a file, stopped by a signal, then by SIGKILL."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import cache
from pathlib import Path

from embedded.log_files import rotate

LAUNCHER = Path(__file__).with_name("launch.py")
TAIL_LINES = 15


def launch_argv(argv: Sequence[str], *, death_signal: int = signal.SIGKILL, identity: str = "same") -> list[str]:
    """The command line that runs `argv` tied to the life of this process; see launch.py for `identity`."""
    return [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), str(int(death_signal)), identity, *argv]


@cache
def _spawner(
    _pid: int,
) -> queue.SimpleQueue[tuple[Future[subprocess.Popen[bytes]], Sequence[str], Path, Mapping[str, str]]]:
    """One thread that starts every child. Linux sends the death signal when the *thread* that forked ends, so a pool's
    thread would take its server along; this one ends with the process. Keyed by pid, so that a fork gets its own.
    """
    jobs: queue.SimpleQueue[tuple[Future[subprocess.Popen[bytes]], Sequence[str], Path, Mapping[str, str]]]
    jobs = queue.SimpleQueue()

    def serve() -> None:
        while True:
            done, argv, log, env = jobs.get()
            try:
                done.set_result(_popen(argv, log, env))
            except Exception as error:  # noqa: BLE001 - whoever waits for the child hears of it, and the next one can start
                done.set_exception(error)

    threading.Thread(target=serve, name="spawner", daemon=True).start()
    return jobs


def _popen(argv: Sequence[str], log: Path, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    rotate(log)
    with log.open("ab") as sink:
        # A session of its own: Ctrl-C at the terminal reaches the supervisor only, which then stops all in order.
        return subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT, env=dict(env), start_new_session=True
        )


def python_env(env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """`env`, extended so that a child Python finds our packages in any directory and does not buffer its output."""
    here = str(Path(__file__).parents[1])
    paths = [here, *filter(None, env.get("PYTHONPATH", "").split(os.pathsep))]
    return {**env, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)), "PYTHONUNBUFFERED": "1"}


def server_env(env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The same for servers, whose files and arguments name paths in UTF-8 whatever the locale of this process."""
    return {**python_env(env), "LC_ALL": "C.UTF-8"}


def tail(log: Path, lines: int = TAIL_LINES) -> str:
    """The last lines of a log file as people read them, or an empty text where there is none."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 20_000))
        return "\n".join(map(_readable, file.read().decode(errors="replace").splitlines()[-lines:]))


def _readable(line: str) -> str:
    """What a line of our own logs says; any other line as it is."""
    try:
        found = json.loads(line)
    except ValueError:
        return line
    if not isinstance(found, dict) or "event" not in found:
        return line
    why = found.get("exception") or found.get("error") or found.get("what")
    return f"{found.get('level', 'info')}: {found['event']}" + (f": {why}" if why else "")


class Child:
    """A running child process with its log file."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        log: Path,
        *,
        env: Mapping[str, str] | None = None,
        death_signal: int = signal.SIGKILL,
        identity: str = "same",
    ) -> None:
        """Start `argv` at once; output goes to `log`. `env` replaces the environment (default: ours, see `python_env`)."""
        self.name, self.log = name, log
        started: Future[subprocess.Popen[bytes]] = Future()
        command = launch_argv(argv, death_signal=death_signal, identity=identity)
        _spawner(os.getpid()).put((started, command, log, python_env() if env is None else env))
        self.process = started.result()

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative: the signal it died of."""
        return self.process.poll()

    def stop(self, how: int = signal.SIGTERM, *, seconds: float) -> None:
        """Ask with `how`, wait up to `seconds`, then SIGKILL. Returns when it and its group have ended."""
        if self.exit_code is None:
            self.process.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        self.kill()

    def kill(self) -> None:
        """SIGKILL to it and to the children that stayed in its group; waits until it has ended."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()
