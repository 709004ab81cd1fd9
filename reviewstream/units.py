"""The status of the embedded stack's supervisor, servers and workers, asked over their own protocols."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from embedded import control, liveness, remains, vitals
from embedded.crash_loop import LOOP_SECONDS
from embedded.datadir import DataDir
from embedded.stack import build
from embedded.state_file import State, Unit
from operations.status.report import UnitStatus
from telemetry.error_text import named_text

SUPERVISOR = "supervisor"


def units(directory: Path) -> dict[str, UnitStatus]:
    """The supervisor, servers and workers of the embedded stack on that directory; empty when none was left running."""
    state = control.running(directory)
    if state is None:
        return _left_behind(directory)
    names = [name for name, unit in state.units.items() if unit.kind == "server"]
    servers = build(DataDir(directory), names)
    with ThreadPoolExecutor(len(servers) or 1) as pool:
        answers = dict(zip(servers, pool.map(_ping, servers.values()), strict=True))
        workers = [name for name, unit in state.units.items() if _address(unit)]
        answers |= zip(workers, pool.map(_readiness, (state.units[name] for name in workers)), strict=True)
    return {SUPERVISOR: _supervisor(state)} | {name: _unit(state, name, answers.get(name)) for name in state.units}


def _supervisor(state: State) -> UnitStatus:
    if vitals.suspended(state.supervisor):
        return _of_supervisor("suspended", f"restarts nothing; `kill -CONT {state.supervisor}` lets it continue")
    return _of_supervisor(state.phase, f"process {state.supervisor}", ok=state.phase == "ready")


def _of_supervisor(phase: str, detail: str, *, ok: bool = False) -> UnitStatus:
    return UnitStatus(ok=ok, kind=SUPERVISOR, phase=phase, detail=detail, restarts=0)


def _left_behind(directory: Path) -> dict[str, UnitStatus]:
    """What a supervisor leaves that was killed: its servers should end with it, and whatever did not is named."""
    state = remains.left_behind(directory)
    if state is None:
        failure = remains.last_failure(directory)
        return {SUPERVISOR: _of_supervisor("stopped", f"the last start failed: {failure}")} if failure else {}
    detail = f"process {state.supervisor} ended without stopping what it ran; start again with `reviewstream up`"
    return {SUPERVISOR: _of_supervisor("gone", detail)} | {name: _orphan(unit) for name, unit in state.units.items()}


def _orphan(unit: Unit) -> UnitStatus:
    lives = vitals.lives(unit)
    detail = f"process {unit.pid} still runs, and nothing would restart it; `kill {unit.pid}` ends it" if lives else ""
    return UnitStatus(
        ok=False, kind=unit.kind, phase="orphan" if lives else "gone", detail=detail, restarts=unit.restarts
    )


def _ping(server: Any) -> tuple[bool, str]:
    try:
        return True, server.ping()
    except Exception as error:  # noqa: BLE001 - whatever a driver raises means that it does not answer
        return False, named_text(error)


def _readiness(worker: Unit) -> tuple[bool, str]:
    """What a worker reports on /readyz, and its address."""
    assert worker.port is not None
    ok, report = liveness.ask(worker.host, worker.port, "/readyz", timeout=3)
    return ok, ": ".join(filter(None, (_address(worker), report.removeprefix("ok").lstrip(", "))))


def _address(unit: Unit) -> str | None:
    return f"http://{unit.host}:{unit.port}" if unit.kind == "worker" and unit.port else None


def _unit(state: State, name: str, answer: tuple[bool, str] | None) -> UnitStatus:
    unit = state.units[name]
    ok, detail = answer if answer and unit.phase == "ready" else (unit.phase == "ready", unit.note)
    if unit.note and detail != unit.note and time.time() - unit.since < LOOP_SECONDS:
        detail = f"{unit.note}{detail}"  # it runs again, but the crash loop may not be over
    if frozen := vitals.suspended(unit.pid):
        detail = f"`kill -CONT {unit.pid}` lets it continue"
    phase = unit.phase if ok or unit.phase != "ready" else "does not answer"
    return UnitStatus(
        ok=ok and not frozen,
        kind=unit.kind,
        phase="suspended" if frozen else phase,
        detail=detail,
        restarts=unit.restarts,
        address=_address(unit),
        remark=_remark(unit, detail) if ok else "",
    )


def _remark(unit: Unit, detail: str) -> str:
    """What a worker that is ready says beside its address."""
    address = _address(unit)
    return detail.partition(f"{address}: ")[2] if address else ""
