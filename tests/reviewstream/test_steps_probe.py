"""What a look at a worker's steps takes for progress."""

from __future__ import annotations

import os
import time

from reviewstream.health.pulse import Pulse
from reviewstream.health.steps import StepsProbe

PLACE = ("steps.nlp", 0)


class Committed:
    """A group that commits nothing while three messages wait."""

    def ask(self) -> dict[tuple[str, int], tuple[int, int]]:
        return {PLACE: (7, 10)}


def probe(*analysing: int) -> StepsProbe:
    return StepsProbe(
        Committed(),  # type: ignore[arg-type]
        {"nlp": PLACE[0]},
        pulse=Pulse(),
        assigned=lambda: {PLACE},
        analysing=lambda: analysing,
    )


def test_analysis_that_burns_cpu_time_is_progress_although_nothing_is_committed() -> None:
    look = probe(os.getpid())
    before = look()["nlp"]
    begun = time.process_time()
    while time.process_time() < begun + 0.1:
        sum(range(1000))
    after = look()["nlp"]
    assert (before.waiting, after.waiting) == (3, 3)
    assert before.progress != after.progress


def test_without_it_the_same_looks_the_same() -> None:
    look = probe()
    assert look() == look()
