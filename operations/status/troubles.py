"""What of a status an operator has to look at now: whatever is gone, suspended, in a crash loop or stuck, most urgent first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from operations.status.report import Status

LOST = "lost"
"""What PostgreSQL calls a slot that retained too much WAL."""
LOOPS = "crash loop"


@dataclass(frozen=True, slots=True)
class Trouble:
    """`what` is in trouble, and `why`, in one line each."""

    what: str
    why: str


def troubles(found: Status) -> list[Trouble]:
    """All of them; an empty list means that everything runs, answers and moves.

    Retries, abandoned reviews and dead letters are none: they wait for their time or for a decision, and are counted.
    """
    return [*_lost(found), *_processes(found), *_silent(found), *_stuck(found), *_behind(found), *_kept_back(found)]


def _lost(found: Status) -> Iterator[Trouble]:
    for loss in found.lost:
        fix = "restore a backup, docs/recovery.md" if loss.final else "`reviewstream recover`"
        yield Trouble(f"LOST {loss.store}", f"{loss.what}; {fix}")


def _processes(found: Status) -> Iterator[Trouble]:
    for name, unit in found.units.items():
        if not unit.ok:
            yield Trouble(name, ": ".join(filter(None, (unit.phase, unit.detail))))
        elif LOOPS in unit.detail:
            yield Trouble(name, unit.detail)
        elif unit.remark:
            yield Trouble(name, unit.remark)


def _silent(found: Status) -> Iterator[Trouble]:
    for server, why in found.silent.items():
        yield Trouble(server, f"cannot be asked: {why}")


def _stuck(found: Status) -> Iterator[Trouble]:
    for step, those in found.stuck.items():
        for review in those.oldest:
            yield Trouble(
                f"review {review.review_id}", f"stuck at {step} since {review.since:%Y-%m-%d %H:%M:%S}, {review.why}"
            )
        if those.count > len(those.oldest):
            yield Trouble(
                f"step {step}", f"{those.count - len(those.oldest)} more reviews are stuck; `status --all` names them"
            )


def _behind(found: Status) -> Iterator[Trouble]:
    for name, lag in found.subscriptions.items():
        if lag.events and lag.seconds > found.patience:
            yield Trouble(name, f"stuck: {lag.events} events wait, the oldest for {lag.seconds:.0f} s")


def _kept_back(found: Status) -> Iterator[Trouble]:
    if found.parked:
        yield Trouble("parked streams", f"{found.parked} stand still; `reviewstream deadletters list` has the reasons")
    for slot in found.slots:
        if slot.wal_status == LOST:
            yield Trouble(f"slot {slot.slot_name}", "is lost; `reviewstream cdc register` makes another")
