"""The status of the embedded stack's servers and workers, asked over their own protocols."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from embedded import control, liveness
from embedded.crash_loop import LOOP_SECONDS
from embedded.datadir import DataDir
from embedded.stack import build
from embedded.state_file import State, Unit
from operations.status.report import UnitStatus
from telemetry.error_text import named_text


def units(directory: Path) -> dict[str, UnitStatus]:
    """The servers and workers of the embedded stack on that directory; empty when it does not run."""
    state = control.running(directory)
    if state is None:
        return {}
    names = [name for name, unit in state.units.items() if unit.kind == "server"]
    servers = build(DataDir(directory), names)
    with ThreadPoolExecutor(len(servers) or 1) as pool:
        answers = dict(zip(servers, pool.map(_ping, servers.values()), strict=True))
        workers = [name for name, unit in state.units.items() if _address(unit)]
        answers |= zip(workers, pool.map(_readiness, (state.units[name] for name in workers)), strict=True)
    return {name: _unit(state, name, answers.get(name)) for name in state.units}


def _ping(server: Any) -> tuple[bool, str]:
    try:
        return True, server.ping()
    except Exception as error:  # noqa: BLE001 - whatever a driver raises means that it does not answer
        return False, named_text(error)


def _readiness(worker: Unit) -> tuple[bool, str]:
    """What a worker reports on /readyz, and its address."""
    assert worker.port is not None
    ok, report = liveness.ask(worker.host, worker.port, "/readyz", timeout=3)
    address = _address(worker) or ""
    return ok, address if ok else f"{address}: {report}"


def _address(unit: Unit) -> str | None:
    return f"http://{unit.host}:{unit.port}" if unit.kind == "worker" and unit.port else None


def _unit(state: State, name: str, answer: tuple[bool, str] | None) -> UnitStatus:
    unit = state.units[name]
    ok, detail = answer if answer and unit.phase == "ready" else (unit.phase == "ready", unit.note)
    if unit.note and detail != unit.note and time.time() - unit.since < LOOP_SECONDS:
        detail = f"{unit.note}{detail}"  # it runs again, but the crash loop may not be over
    return UnitStatus(
        ok=ok,
        kind=unit.kind,
        phase=unit.phase,
        detail=detail,
        restarts=unit.restarts,
        address=_address(unit),
    )
