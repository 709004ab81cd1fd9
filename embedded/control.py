"""How other processes control a supervisor: find it, read its state, start it in the background, stop it."""

from __future__ import annotations

import fcntl
import os
import select
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from connectors.wait import TimedOut, wait_until
from embedded.data_path import check_name, check_place
from embedded.datadir import DataDir
from embedded.log_files import rotate
from embedded.process import python_env, tail
from embedded.server import Health, Server
from embedded.stack import build, environment, resident_bytes
from embedded.state_file import State, read_state
from schemas.errors import Unavailable

POLL_SECONDS = 0.1


def holder(data_dir: Path) -> int | None:
    """The process that holds the data directory's lock."""
    try:
        with (data_dir / "lock").open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(lock.read() or 0) or None
    except FileNotFoundError:
        pass
    return None


def running(data_dir: Path) -> State | None:
    """The state of the supervisor running on this directory, or None. A state left behind by a kill does not count."""
    state = read_state(data_dir)
    return state if state is not None and state.supervisor == holder(data_dir) else None


def urls(data_dir: Path) -> dict[str, str]:
    """The URL settings of the servers that run on this directory. Raises `Unavailable` when none do."""
    return environment(_servers(data_dir))


def _servers(data_dir: Path) -> dict[str, Server]:
    state = running(data_dir)
    if state is None:
        raise Unavailable(f"nothing runs on {data_dir}; start it with `reviewstream up`")
    return build(DataDir(data_dir), [name for name, unit in state.units.items() if unit.kind == "server"])


def health(data_dir: Path) -> dict[str, Health]:
    """One ping, over its real protocol, of each server that runs on this directory."""
    return {name: server.answer() for name, server in _servers(data_dir).items()}


def memory(data_dir: Path) -> dict[str, int]:
    """Resident bytes of each server and worker that runs on this directory, with its children."""
    state = running(data_dir)
    return {name: resident_bytes(unit.pid) for name, unit in (state.units if state else {}).items() if unit.pid}


def request_stop(data_dir: Path, timeout: float = 20.0) -> bool:
    """Stop the supervisor and all it runs; returns when it has ended. False: nothing ran.

    `timeout` in seconds; raises `Unavailable` when it takes longer.
    """
    state = running(data_dir)
    if state is None:
        return False
    with suppress(ProcessLookupError):
        handle = os.pidfd_open(state.supervisor)
        try:
            signal.pidfd_send_signal(handle, signal.SIGTERM)
            if not select.select([handle], [], [], timeout)[0]:
                raise Unavailable(
                    f"process {state.supervisor} did not stop within {timeout:.0f} s; see {data_dir / 'logs'}, "
                    f"or end it with `kill -9 {state.supervisor}`: its servers end with it, and acknowledged data is safe"
                )
        finally:
            os.close(handle)
    return True


def start_detached(
    data_dir: Path,
    argv: Sequence[str],
    *,
    timeout: float = 300.0,
    on_progress: Callable[[str, str], None] | None = None,
) -> State:
    """Run `argv`, which must run a `Supervisor` on `data_dir`, in its own session; returns its state once all is ready.

    Raises `Unavailable` with the tail of the log that says why, when it ends before or takes longer than `timeout` seconds.
    """
    check_name(data_dir.absolute())
    check_place(data_dir.absolute())
    data = DataDir(data_dir)
    if (pid := holder(data.root)) is not None:
        raise Unavailable(f"{data.root} is in use by process {pid}; stop it with `reviewstream down` first")
    (data.root / "state.json").unlink(missing_ok=True)
    log = data.logs / "supervisor.log"
    rotate(log)
    pid = _spawn(argv, log)
    reported: dict[str, str] = {}

    def ready() -> State | None:
        state = running(data.root)
        if state is not None and state.phase == "ready":
            return state
        if os.waitpid(pid, os.WNOHANG)[0]:
            raise Unavailable(_why(data.root, log))
        _relay(state, reported, on_progress)
        return None

    try:
        return wait_until(ready, timeout, what="servers and workers to be ready", every=POLL_SECONDS)
    except TimedOut as late:
        waits = f"{late}: {_unready(data.root)}"
    if not request_stop(data.root):
        os.kill(pid, signal.SIGKILL)
    raise Unavailable(f"{waits}; see {data.logs}")


def _spawn(argv: Sequence[str], log: Path) -> int:
    """Not a `Popen`: it outlives us, and we do not wait for it."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawnp(argv[0], list(argv), python_env(), file_actions=actions, setsid=True)


def _relay(state: State | None, reported: dict[str, str], on_progress: Callable[[str, str], None] | None) -> None:
    """Report what changed since the last poll."""
    for name, unit in state.units.items() if state and on_progress else ():
        text = unit.note or unit.phase
        if on_progress is not None and reported.get(name) != text:
            reported[name] = text
            on_progress(name, text)


def _why(data_dir: Path, log: Path) -> str:
    state = read_state(data_dir)
    if state is not None and state.error:
        return state.error
    return f"the supervisor ended before everything was ready; see {log}\n{tail(log)}"


def _unready(data_dir: Path) -> str:
    state = read_state(data_dir)
    units = state.units if state else {}
    return (
        ", ".join(f"{name} ({unit.note or unit.phase})" for name, unit in units.items() if unit.phase != "ready")
        or "unknown"
    )
