"""What the pipeline is doing, as data: what came in, how far each part is behind, and whether the servers answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from debezium.slots import Slot
from operations.recovery.recoverable import Loss

COUNTS = (
    "received", "accepted", "revised", "corrected", "withdrawn", "deduplicated", "dead_lettered", "open_letters", "parked",
    "waiting", "events", "retrying", "abandoned",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lag:
    """How far something is behind: how many events or reviews wait, and how many seconds the oldest has waited."""

    events: int
    seconds: float


@dataclass(frozen=True, slots=True)
class StuckReview:
    """A review that waits beyond its step's deadline: `since` when, after how many failed attempts, and what failed last."""

    review_id: UUID
    tenant_id: UUID
    since: datetime
    attempts: int
    error: str

    @property
    def why(self) -> str:
        """For people."""
        tried = f"{self.attempts} failed attempt{'s' * (self.attempts != 1)}"
        return f"{tried}, the last {self.error}" if self.error else f"{tried}: nothing has taken it up"


@dataclass(frozen=True, slots=True)
class Stuck:
    """Reviews that wait for a step beyond its deadline: how many, and the first of them."""

    count: int
    oldest: list[StuckReview]


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
    """A version of a read model that is being built, or was left unfinished.

    `state` is running, pausing, paused or interrupted, where its builder died; `command` pauses or continues it.
    """

    name: str
    version: int
    position: int
    paused: bool
    since: datetime
    state: str = "running"
    command: str = ""


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
    remark: str = ""
    """A trouble of a part, while the rest works."""


@dataclass(frozen=True, slots=True)
class Status:
    """received = accepted + revised + corrected + withdrawn + deduplicated + dead_lettered.

    `waiting` messages are in Kafka and not yet validated.
    `open_letters` dead letters wait for an operator, and `parked` streams wait behind an event that failed.

    Of the reviews that `steps` counts, `stuck` names those that wait too long, by step; `retrying` wait for a retry,
    the next of them in `retries`. `abandoned` wait for an operator. `replays` are under way or unfinished.
    """

    received: int
    accepted: int
    revised: int
    corrected: int
    withdrawn: int
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
    """Replication slots of change capture."""
    patience: float = float("inf")
    """Seconds after which a subscription counts as stuck whose events wait."""
    lost: Sequence[Loss] = ()
    """What stores do not have any more."""
    silent: Mapping[str, str] = field(default_factory=dict)
    """Servers that could not be asked, with the reason."""
    unknown: frozenset[str] = frozenset()
    """Fields that are empty here because no one could be asked."""

    @property
    def quiet(self) -> bool:
        """Whether nothing is in flight. A review that waits for a retry is, an abandoned one is not."""
        return not (self.unknown or self.waiting) and not any(
            lag.events for lag in (*self.steps.values(), *self.subscriptions.values())
        )

    def as_dict(self) -> dict[str, Any]:
        """For JSON; what is unknown is null."""
        known = {
            **{name: getattr(self, name) for name in COUNTS},
            "steps": dict(self.steps),
            "stuck": dict(self.stuck),
            "retries": list(self.retries),
            "subscriptions": dict(self.subscriptions),
            "replays": list(self.replays),
            "units": dict(self.units),
            "slots": list(self.slots),
            "lost": list(self.lost),
            "silent": dict(self.silent),
        }
        return {name: None if name in self.unknown else value for name, value in known.items()}


def nothing_but(units: Mapping[str, UnitStatus], why: str) -> Status:
    """The status where not even the addresses are known of what else there is to ask."""
    empty: dict[str, Any] = dict.fromkeys(COUNTS, 0)
    return Status(
        **empty, steps={}, stuck={}, retries=[], subscriptions={}, replays=[], units=units, silent={"pipeline": why},
        unknown=frozenset((*COUNTS, "steps", "stuck", "retries", "subscriptions", "replays", "slots")),
    )  # fmt: skip
