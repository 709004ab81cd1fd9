"""What the state file still says of a supervisor that is gone."""

from __future__ import annotations

from pathlib import Path

from embedded.control import holder
from embedded.state_file import State, read_state

SETTLED = "stopped"


def left_behind(data_dir: Path) -> State | None:
    """The last state of a supervisor that ended without having stopped what it ran; None where one runs or none was lost."""
    state = read_state(data_dir)
    if state is None or state.phase == SETTLED or holder(data_dir) == state.supervisor:
        return None
    return state


def last_failure(data_dir: Path) -> str:
    """Why the last start failed, where it did; an empty text otherwise."""
    state = read_state(data_dir)
    return state.error.partition("\n")[0] if state is not None and state.phase == SETTLED else ""
