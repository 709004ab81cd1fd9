"""One run: a tenant of its own, load by the independent writer, blows and failpoints, rest, comparison."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tenacity import retry, retry_if_exception, stop_after_delay, wait_fixed

from connectors.retry import is_transient
from schemas.errors import ReviewstreamError
from tests.chaos.ledger import DUE_AT_MOST, read
from tests.chaos.proof import TOPICS, Proof
from tests.chaos.reading import Reading
from tests.chaos.schedule import Schedule
from tests.chaos.stack import Stack

NUMBERS = count(1)
WRITER = Path(__file__).with_name("writer.py")


@dataclass(frozen=True, slots=True)
class Load:
    """How much the writer sends (beside repeats, editions and broken ones) and in how many seconds."""

    count: int = 150
    seconds: float = 6.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it; `fired` is how many failpoints worked; times in seconds."""

    problems: tuple[str, ...]
    sent: int
    reviews: int
    fired: int
    seconds: float


def run(stack: Stack, seed: int, schedule: Schedule, *, load: Load, patience: float) -> Outcome:
    """Run it on a stack that is at rest. `patience`: seconds until it must be at rest again."""
    began, fired = time.monotonic(), stack.fired()
    trial = _Trial(stack, seed, load)
    stack.arm(schedule.plan)
    writer = trial.start_writer()
    try:
        for blow in schedule.blows:
            time.sleep(max(0.0, blow.at - (time.monotonic() - trial.began)))
            stack.strike(blow)
        problems = trial.settle(writer, patience, max((b.at + b.seconds for b in schedule.blows), default=0.0))
    finally:
        writer.kill()
        writer.wait()
    expected = read(trial.ledger)
    seconds, fired = time.monotonic() - began, stack.fired() - fired
    return Outcome(tuple(problems), expected.messages, len(expected.editions), fired, seconds)


class _Trial:
    def __init__(self, stack: Stack, seed: int, load: Load) -> None:
        self.stack, self.seed, self.load = stack, seed, load
        self.source = f"seed-{seed}-{next(NUMBERS)}"
        settings = {"notify": {"rating_at_most": DUE_AT_MOST, "sentiment_at_most": None}}
        self.tenant = stack.parts.tenants.create(self.source, settings=settings)
        kafka = stack.parts.settings.url("kafka")
        self.bootstrap = kafka.removeprefix("kafka://")
        self.reading = Reading(kafka, self.bootstrap, TOPICS)
        self.ledger = stack.points / f"{self.source}.jsonl"
        self.began = time.monotonic()

    def start_writer(self) -> subprocess.Popen[bytes]:
        plan = {"bootstrap": self.bootstrap, "tenant": self.tenant.slug, "source": self.source, "seed": self.seed}
        plan |= {"count": self.load.count, "seconds": self.load.seconds, "ledger": str(self.ledger)}
        self.began = time.monotonic()
        return subprocess.Popen([sys.executable, str(WRITER), json.dumps(plan)])

    def settle(self, writer: subprocess.Popen[bytes], patience: float, until: float) -> list[str]:
        """Wait for rest and compare. What does not come to rest is a problem, too, and what is lost then is told."""
        try:
            if writer.wait(timeout=until + patience):
                return ["the writer's messages were not all confirmed"]
        except subprocess.TimeoutExpired:
            return ["the writer did not come to its end"]
        time.sleep(max(0.0, until - (time.monotonic() - self.began)))
        self.stack.arm("")
        try:
            self.stack.until_ready(patience)
            self.stack.until_quiet(patience)
        except AssertionError as error:
            return [f"no rest after {patience:.0f} s: {_behind(self.stack) or error}"]
        stack = self.stack
        return _again(Proof(stack.parts, stack.analytics, self.tenant, self.source, read(self.ledger), self.reading))


def _behind(stack: Stack) -> str:
    """What still waits, if that can be asked."""
    found = stack.status() or {"steps": {}, "subscriptions": {}, "waiting": 0}
    lags = {**found["steps"], **found["subscriptions"], "the collect step": {"events": found["waiting"]}}
    return ", ".join(f"{lag['events']} wait for {name}" for name, lag in lags.items() if lag["events"])


@retry(
    retry=retry_if_exception(lambda error: isinstance(error, ReviewstreamError) or is_transient(error)),
    wait=wait_fixed(0.5), stop=stop_after_delay(20), reraise=True,
)  # fmt: skip
def _again(proof: Proof) -> list[str]:
    """Connections of ours that the blows cut are found out by using them."""
    proof.events.clear()
    return proof.problems()
