"""How far the steps of a streams worker are: committed offsets against the ends of their topics."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import psutil

from connectors.kafka_offsets import GroupOffsets, Place
from reviewstream.health.pulse import Pulse
from reviewstream.health.standstill import Seen
from telemetry.metrics import STEP_LAG
from telemetry.progress import beats

LOOP = "event loop"


class StepsProbe:
    """Probes every step of the worker, and its event loop.

    A step that works long on a batch beats (see telemetry.progress), and the analysis processes use CPU time:
    both count as progress. Other workers of the group watch their own partitions.
    """

    def __init__(
        self,
        offsets: GroupOffsets,
        topics: Mapping[str, str],
        *,
        pulse: Pulse,
        assigned: Callable[[], Collection[Place]],
        analysing: Callable[[], Collection[int]] = tuple,
    ) -> None:
        """`topics` by step; `analysing` are the ids of the analysis processes."""
        self._offsets, self._topics, self._pulse = offsets, topics, pulse
        self._assigned, self._analysing = assigned, analysing

    def __call__(self) -> dict[str, Seen]:
        """Raises TransientError when the broker does not answer."""
        places = self._offsets.ask()
        ours = set(self._assigned())
        mine = {place: at for place, at in places.items() if not ours or place in ours}
        steps = {step: self._step(step, topic, mine) for step, topic in self._topics.items()}
        return {**steps, LOOP: Seen(self._pulse.count, 1)}

    def _step(self, step: str, topic: str, places: Mapping[Place, tuple[int, int]]) -> Seen:
        own = {place: at for place, at in places.items() if place[0] == topic}
        waiting = sum(max(0, end - committed) for committed, end in own.values())
        STEP_LAG.labels(step).set(waiting)
        committed = tuple(sorted((place, at[0]) for place, at in own.items()))
        busy = cpu_seconds(self._analysing()) if step == "nlp" else 0.0
        return Seen((committed, beats(step), busy), waiting)


def cpu_seconds(pids: Collection[int]) -> float:
    """The CPU time of these processes so far, rounded to a twentieth of a second: less than that is idling."""
    used = 0.0
    for pid in pids:
        try:
            times = psutil.Process(pid).cpu_times()
        except psutil.Error:
            continue
        used += times.user + times.system
    return round(used * 20) / 20
