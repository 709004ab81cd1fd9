"""Restarts servers and workers of a running stack from another process, and waits until others have their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from connectors.wait import TimedOut, wait_until
from embedded import restarts
from embedded.control import POLL_SECONDS, running
from embedded.state_file import State, Unit
from schemas.errors import InvalidInput, Unavailable

TAKEN_SECONDS = 10.0
"""The supervisor looks several times a second."""


def restart(
    data_dir: Path,
    names: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    timeout: float = 180.0,
    on_progress: Callable[[str, str], None] = lambda _name, _text: None,
) -> dict[str, int]:
    """Restart these one after the other, servers before workers; returns the process ids of those that run now.

    Each is ended in order, as by `down`, and is ready again before the next one is touched. `env` is given to workers besides
    their environment, and stays. `on_progress` is called with (name, progress).
    Raises InvalidInput for a name that is not there, with those that are; Unavailable when nothing runs, the stack is starting
    or stopping, or one is not ready within `timeout` seconds.
    """
    state = _ready(data_dir)
    if unknown := [name for name in names if name not in state.units]:
        raise InvalidInput(
            f"nothing here is called {', '.join(unknown)}; on {data_dir} run {', '.join(state.units)}", field="name"
        )
    return {name: _one(data_dir, name, env or {}, timeout, on_progress) for name in state.units if name in names}


def _ready(data_dir: Path) -> State:
    state = running(data_dir)
    if state is None:
        raise Unavailable(f"nothing runs on {data_dir}; start it with `reviewstream up`")
    if state.phase != "ready":
        raise Unavailable(f"the stack on {data_dir} is {state.phase}; wait until it is ready, then ask again")
    return state


def _one(
    data_dir: Path, name: str, env: Mapping[str, str], timeout: float, on_progress: Callable[[str, str], None]
) -> int:
    before = _ready(data_dir).units[name]
    on_progress(name, "stopping")
    file = restarts.ask(data_dir, restarts.Request(name, env if before.kind == "worker" else {}))
    try:
        wait_until(lambda: not file.exists() or None, TAKEN_SECONDS, what="the supervisor", every=POLL_SECONDS)
    except TimedOut:
        file.unlink(missing_ok=True)
        raise Unavailable(
            f"the supervisor of {data_dir} takes no requests: it is of another release, or hangs; "
            "`reviewstream down` and `up` restart everything"
        ) from None

    def replaced() -> int | None:
        unit = _ready(data_dir).units[name]
        on_progress(name, unit.note or unit.phase)
        return unit.pid if unit.phase == "ready" and unit.requested > before.requested else None

    try:
        return wait_until(replaced, timeout, what=f"{name} to be ready again", every=POLL_SECONDS)
    except TimedOut as late:
        raise Unavailable(f"{late}: {_why(_ready(data_dir).units[name])}") from None


def _why(unit: Unit) -> str:
    return f"{unit.note or unit.phase}; see {unit.log}"
