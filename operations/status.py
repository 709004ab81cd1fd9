"""What the pipeline is doing: what came in, how far each part is behind, and whether the servers answer."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aggregates.review.deadlines import by_state
from aggregates.review.saga import STEPS
from connectors.kafka import end_offsets
from debezium.captures import ON_POSTGRES
from debezium.slots import Slot, Source, slots
from embedded import control, liveness
from embedded.crash_loop import LOOP_SECONDS
from embedded.datadir import DataDir
from embedded.stack import build
from embedded.state_file import State, Unit
from operations import parked_streams
from projections import registry
from projections.queries import waiting as waiting_sagas
from projections.queries.operations import saga_lag
from reviewstream.bootstrap import Bootstrap
from streams.topics import INBOUND

SHOWN = 5
COUNTS = (
    "received", "accepted", "deduplicated", "dead_lettered", "open_letters", "parked", "waiting", "events", "retrying",
    "abandoned",
)  # fmt: skip
EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Lag:
    """How far something is behind: how many events or reviews wait, and how many seconds the oldest has waited."""

    events: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Stuck:
    """Reviews that wait for a step beyond its deadline: how many, and the ids of the first."""

    count: int
    oldest: list[UUID]


@dataclass(frozen=True, slots=True)
class Retry:
    """A review that waits for its next attempt."""

    review_id: UUID
    tenant_id: UUID
    step: str
    attempt: int
    not_before: datetime


@dataclass(frozen=True, slots=True)
class Replay:
    """A version of a read model that is being built, or was left unfinished."""

    name: str
    version: int
    position: int
    paused: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class UnitStatus:
    """A server or worker; `ok` means that it answers over its own protocol, a worker that its `/readyz` says so.

    `detail` is for people. `address` is where a worker serves `/livez`, `/readyz` and `/metrics`, `http://HOST:PORT`.
    """

    ok: bool
    kind: str
    phase: str
    detail: str
    restarts: int
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """received = accepted + deduplicated + dead_lettered; `waiting` messages are in Kafka and not yet judged.
    `open_letters` dead letters wait for somebody, and `parked` streams stand aside behind an event that failed.

    Of the reviews that `steps` counts, `stuck` names those that wait too long, by step; `retrying` wait for a retry,
    the next of them in `retries`. `abandoned` wait for nothing but a person. `replays` are under way or unfinished.
    """

    received: int
    accepted: int
    deduplicated: int
    dead_lettered: int
    open_letters: int
    parked: int
    waiting: int
    events: int
    steps: Mapping[str, Lag]
    stuck: Mapping[str, Stuck]
    retrying: int
    retries: Sequence[Retry]
    abandoned: int
    subscriptions: Mapping[str, Lag]
    replays: Sequence[Replay]
    units: Mapping[str, UnitStatus]
    slots: Sequence[Slot] = ()
    """Places in the WAL that are kept for change capture."""

    @property
    def quiet(self) -> bool:
        """Whether nothing is on its way. A review that waits for a retry is, an abandoned one is not."""
        return not self.waiting and not any(lag.events for lag in (*self.steps.values(), *self.subscriptions.values()))

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            **{name: getattr(self, name) for name in COUNTS},
            "steps": dict(self.steps),
            "stuck": dict(self.stuck),
            "retries": list(self.retries),
            "subscriptions": dict(self.subscriptions),
            "replays": list(self.replays),
            "units": dict(self.units),
            "slots": list(self.slots),
        }


def gather(parts: Bootstrap) -> Status:
    """Ask everything. Raises Unavailable or TransientError when the event store or Kafka cannot be asked."""
    # The head comes last: whatever was appended while we asked (a pool may wait seconds for a server that is on its
    # way back) then stands between a position and the head, and nobody takes a mixture of two moments for rest.
    waiting = _waiting(parts)
    totals = parts.ledger.totals()
    positions, steps = _positions(parts), _steps(parts)
    troubled = waiting_sagas.troubled(parts.readmodels_pool)
    head = parts.event_log.head()
    return Status(
        received=totals.received,
        accepted=totals.accepted,
        deduplicated=totals.deduplicated,
        dead_lettered=totals.dead_lettered,
        open_letters=parts.dead_letters.count_open(),
        parked=sum(len(parked_streams.find(parts, stage)) for stage in parked_streams.STAGES),
        waiting=waiting,
        events=head,
        steps=steps,
        stuck=_stuck(parts),
        retrying=troubled.retrying,
        retries=_retries(parts),
        abandoned=troubled.abandoned,
        subscriptions={name: _behind(parts, position, head) for name, position in positions.items()},
        replays=_replays(parts),
        units=units(parts),
        slots=_slots(parts),
    )


def units(parts: Bootstrap) -> dict[str, UnitStatus]:
    """The servers and workers of the embedded stack; none when it does not run."""
    directory = parts.settings.data_dir
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
        return False, type(error).__name__


def _readiness(worker: Unit) -> tuple[bool, str]:
    """What a worker says of itself, and where."""
    assert worker.port is not None
    ok, said = liveness.ask(worker.host, worker.port, "/readyz", timeout=3)
    place = _address(worker) or ""
    return ok, place if ok else f"{place}: {said}"


def _address(unit: Unit) -> str | None:
    return f"http://{unit.host}:{unit.port}" if unit.kind == "worker" and unit.port else None


def _unit(state: State, name: str, answer: tuple[bool, str] | None) -> UnitStatus:
    unit = state.units[name]
    ok, detail = answer if answer and unit.phase == "ready" else (unit.phase == "ready", unit.note)
    if unit.note and detail != unit.note and time.time() - unit.since < LOOP_SECONDS:
        detail = f"{unit.note}{detail}"  # it runs again, but a crash loop is not over because of that
    return UnitStatus(
        ok=ok,
        kind=unit.kind,
        phase=unit.phase,
        detail=detail,
        restarts=unit.restarts,
        address=_address(unit),
    )


def _replays(parts: Bootstrap) -> list[Replay]:
    with parts.readmodels_pool.connection() as connection:
        building = [version for version in registry.versions(connection) if version.state == "building"]
        return [
            Replay(one.name, one.version, registry.reached(connection, one), one.paused, one.created_at)
            for one in building
        ]


def _waiting(parts: Bootstrap) -> int:
    """Messages in the inbound topic that the gate has not judged."""
    judged = parts.ledger.offsets(INBOUND)
    ends = end_offsets(parts.settings.url("kafka"), INBOUND)
    return sum(max(0, end - judged.get(partition, 0)) for partition, end in ends.items())


def _steps(parts: Bootstrap) -> dict[str, Lag]:
    """Reviews that wait for each step. An error is raised: nothing known is not the same as nothing waiting."""
    found = {lag.step: Lag(lag.count, round(lag.oldest_seconds, 3)) for lag in saga_lag(parts.readmodels_pool)}
    return {step: found.get(step, Lag(0, 0.0)) for step in (*STEPS, "failed")}


def _stuck(parts: Bootstrap) -> dict[str, Stuck]:
    limits = by_state(parts.settings.deadlines())
    found = waiting_sagas.stuck(parts.readmodels_pool, limits, datetime.now(UTC), shown=SHOWN)
    return {each.step: Stuck(each.count, each.oldest) for each in found}


def _retries(parts: Bootstrap) -> list[Retry]:
    """Those that are overdue come first."""
    waiting = waiting_sagas.coming_retries(parts.readmodels_pool, EARLIEST, limit=SHOWN)
    return [
        Retry(each.review_id, each.tenant_id, each.next_step, each.attempts, each.not_before)
        for each in waiting
        if each.not_before is not None
    ]


def _slots(parts: Bootstrap) -> list[Slot]:
    """Whether or not Connect runs: one that nobody reads fills the disk."""
    known = [each for each in ON_POSTGRES if getattr(parts.settings, f"{each.store}_url")]
    with parts.eventstore_pool.connection() as connection:
        return slots(connection, [Source(parts.settings.url(each.store)).slot_name(each) for each in known])


def _positions(parts: Bootstrap) -> dict[str, int]:
    with parts.readmodels_pool.connection() as connection:
        live = {one.name: one.position for one in registry.versions(connection) if one.state == "live"}
    fed = parts.positions.every()
    if parts.settings.public_topics != "tailer":
        fed.pop("public", None)  # where the tailer stopped when somebody else took over
    return {**fed, **{f"projection.{name}": position for name, position in live.items()}}


def _behind(parts: Bootstrap, position: int, head: int) -> Lag:
    if position >= head:
        return Lag(0, 0.0)
    first = parts.event_log.read_after(position, 1)
    waited = (datetime.now(UTC) - first[0].recorded_at).total_seconds() if first else 0.0
    return Lag(head - position, round(max(0.0, waited), 3))
