"""What goes wrong in one run: decided by its seed alone, so that a seed that failed can be run again."""

from __future__ import annotations

import random
from dataclasses import dataclass

SERVERS = ("postgres", "kafka", "secantus", "clickhouse", "valkey")
WORKERS = ("tailer", "streams", "nlp")
VICTIMS = SERVERS + WORKERS
EVERYTHING = "supervisor"
"""All processes at once: they end with their supervisor, and somebody starts it again."""
STREAMS_POINTS = (
    "append.before_commit", "append.committed", "ledger.partly_counted", "collect.appended", "step.effect_done",
    "step.appended", "acknowledge.before", "acknowledge.done", "deadletter.before_send", "deadletter.sent",
    "raw.before_write", "raw.written", "notification.before_send", "notification.confirmed",
)  # fmt: skip
TAILER_POINTS = (
    "producer.before_send", "producer.unconfirmed", "publisher.sent", "publisher.moved", "raw.before_change",
    "raw.changed", "postgres.before_commit",
    "postgres.committed", "clickhouse.announced", "clickhouse.partly_inserted", "clickhouse.inserted",
    "clickhouse.settled", "clickhouse.recovering",
)  # fmt: skip
POINTS = STREAMS_POINTS + TAILER_POINTS
SELDOM = ("clickhouse", "raw.before_change", "raw.changed")
"""Passed a few times in a run: ClickHouse is written seldom, and corrections and deletions are few."""


@dataclass(frozen=True, slots=True)
class Blow:
    """`at` seconds after the load begins, `how` to a victim: kill, term, or stop and go on after `seconds`."""

    at: float
    how: str
    victim: str
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"{self.at:.1f}s {self.how} {self.victim}" + (f" {self.seconds:g}s" if self.seconds else "")


@dataclass(frozen=True, slots=True)
class Schedule:
    """Blows in order of time, and the plan of failpoints."""

    blows: tuple[Blow, ...]
    plan: str

    def __str__(self) -> str:
        return f"{', '.join(map(str, self.blows))}; {self.plan}"


def schedule(seed: int, *, load: float = 6.0, frozen: float = 30.0) -> Schedule:
    """Three or four blows during `load` seconds and two failpoints. A frozen process stays so for `frozen` seconds.

    Victims go round with the seed, so that three seeds in a row hit every one; in every fifth all end at once, at last.
    """
    rng = random.Random(f"chaos-{seed}")
    turns = [VICTIMS[(3 * seed + turn) % len(VICTIMS)] for turn in range(3)]
    victims = turns + rng.sample(VICTIMS, rng.randint(0, 1))
    blows = sorted((_blow(rng, victim, load, frozen) for victim in victims), key=lambda blow: blow.at)
    if seed % 5 == 0:
        blows.append(Blow(load, "kill", EVERYTHING))
    return Schedule(tuple(blows), ";".join([_rule(rng, STREAMS_POINTS), _rule(rng, TAILER_POINTS)]))


def _blow(rng: random.Random, victim: str, load: float, frozen: float) -> Blow:
    at, how = round(rng.uniform(0.3, load), 2), rng.choices(("kill", "term", "stop"), (5, 2, 2))[0]
    if how == "term" and victim == "nlp":
        how = "kill"  # its processes end with their parent, not by request
    return Blow(at, how, victim, frozen if how == "stop" else 0.0)


def _rule(rng: random.Random, points: tuple[str, ...]) -> str:
    action = rng.choices(("crash", "error", "delay"), (5, 3, 2))[0]
    seconds = f":{rng.uniform(0.2, 1.5):.1f}" if action == "delay" else ""
    point = rng.choice(points)
    # ClickHouse recovers only from a crash.
    nth = rng.randint(1, 2 if point.startswith(SELDOM) else 5)
    if point == "clickhouse.recovering":
        return f"clickhouse.inserted=crash:{nth};{point}={action}:1{seconds}"
    return f"{point}={action}:{nth}{seconds}"
