"""What looks for alarms: by a command in this process, by a worker in one of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from reviewstream.wiring.shared import Shared

if TYPE_CHECKING:
    from operations.alarms.detect import AlarmDetection
    from operations.alarms.keeper import AlarmKeeper


def detection(shared: Shared) -> AlarmDetection:
    """Judges days at once."""
    from operations.alarms.detect import AlarmDetection
    from operations.alarms.judging import judge_here
    from projections.queries.alarm_numbers import AlarmNumbers

    return AlarmDetection(shared.event_log, AlarmNumbers(shared.readmodels_pool, shared.clickhouse), judge_here)


def keeper(shared: Shared) -> AlarmKeeper:
    """Judges them now and then."""
    from dataclasses import replace

    from operations.alarms.judging import judge_apart
    from operations.alarms.keeper import AlarmKeeper

    every = timedelta(hours=shared.settings.alarm_hours).total_seconds()
    return AlarmKeeper(lambda: replace(detection(shared), judge=judge_apart), every)
