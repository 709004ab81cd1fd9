"""Replaying read models: plan, compare, rebuild beside the live one, repair in place, pause, roll back."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from operations.read_models import ReadModels
from projections.differences import Differences
from projections.rebuild.differences import differences
from projections.rebuild.plan import Plan, continued, plan
from projections.rebuild.progress import Progress
from projections.rebuild.rebuild import Outcome, rebuild
from projections.rebuild.repair import replay_part
from projections.rebuild.selection import EVERYTHING, Selection
from projections.rebuild.shards import OpenParts, Sharded
from projections.rebuild.unfinished import Unfinished, pause, unfinished
from projections.registry import Version
from projections.switch import rollback
from schemas.errors import InvalidInput
from telemetry.gc_tuning import gc_frozen

CHOICES = ("dry_run", "diff", "rollback", "pause", "resume", "restart")
"""Alternatives to a plain replay, which exclude each other."""
OF_A_PART = {"dry_run", "diff"}
TO_A_TOPIC = {"dry_run"}
WITHOUT_RATE = {"diff", "rollback", "pause"}


def check_choices(chosen: Collection[str], selection: Selection, *, to_topic: bool, rate: float | None = None) -> None:
    """Raises InvalidInput for choices that exclude each other, or do not apply to part of the history or to a topic.

    Nor is a `rate` ignored where nothing is replayed.
    """
    if len(chosen) > 1:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in CHOICES)
        raise InvalidInput(f"choose one of {options}", field="replay")
    if to_topic and set(chosen) - TO_A_TOPIC:
        raise InvalidInput("--to-topic goes with filters, --rate and --dry-run only", field="to_topic")
    if not to_topic and not selection.everything and set(chosen) - OF_A_PART:
        raise InvalidInput(
            "a part of history is repaired in place: filters go with --dry-run and --diff only", field="replay"
        )
    if rate is not None and (without := set(chosen) & WITHOUT_RATE):
        raise InvalidInput(f"--{without.pop()} applies no events that --rate could limit; leave it out", field="rate")


@dataclass(frozen=True, slots=True)
class ReadModelReplay:
    """Replays by the name of a read model. `open_parts` opens in another process what it needs to fill a share.

    Every method raises InvalidInput for an unknown name.
    """

    read_models: ReadModels
    open_parts: OpenParts

    def plan(self, name: str, selection: Selection = EVERYTHING, *, rate: float | None = None) -> Plan:
        """How much there is to do, at most `rate` events a second; changes nothing."""
        models = self.read_models
        return plan(models.pool, models.store(name), models.log, selection, events_per_second=rate)

    def differences(
        self, name: str, selection: Selection, *, limit: int, progress: Callable[[int, int], None]
    ) -> Differences:
        """Which rows would change, up to `limit` of them by name; changes nothing."""
        models = self.read_models
        return differences(models.pool, models.store(name), models.log, selection, limit=limit, progress=progress)

    def rollback(self, name: str) -> Version:
        """Make the version before the last switch live again."""
        models = self.read_models
        return rollback(models.pool, models.store(name), models.log)

    def unfinished(self, name: str) -> Unfinished | None:
        """The version that the next replay of the whole history would continue; None where it begins a new one."""
        store = self.read_models.store(name)
        with self.read_models.pool.connection() as connection:
            return continued(unfinished(connection, name), store)

    def pause(self, name: str) -> Version:
        """Have a running replay stop after its current batch. Raises NotAllowed where none runs."""
        return pause(self.read_models.pool, self.read_models.store(name).name)

    def run(
        self,
        name: str,
        selection: Selection = EVERYTHING,
        *,
        progress: Progress,
        rate: float | None = None,
        accept_difference: bool = False,
        processes: int = 2,
        resume: bool = False,
        restart: bool = False,
    ) -> Outcome:
        """Rebuild it beside the live one and switch; with a selection, repair the reviews that match in place.

        At most `rate` events a second.
        """
        models = self.read_models
        store = models.store(name)
        with gc_frozen():
            if not selection.everything:
                return replay_part(models.pool, store, models.log, selection, progress=progress, events_per_second=rate)
            return rebuild(
                models.pool, store, models.log, progress=progress, events_per_second=rate, resume=resume, restart=restart,
                accept_difference=accept_difference, bulk=Sharded(self.open_parts, shards=processes).fill,
            )  # fmt: skip
