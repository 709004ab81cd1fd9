"""The arithmetic of a look: in this process, or in one of its own, which gives statsmodels' memory back when it ends."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from typing import NamedTuple, TypeAlias

from aggregates.alarm.alarm import Past
from services.alarms.detect import run
from services.alarms.series import Series
from services.alarms.watched import Closed, Raised, Watched
from telemetry.parent import follow_parent

Decision: TypeAlias = Raised | Closed


class Question(NamedTuple):
    """Days of a series to judge, and its alarms so far."""

    series: Series
    watched: Watched
    past: Sequence[Past]
    since: date
    until: date


Judge: TypeAlias = Callable[[Sequence[Question]], list[list[Decision]]]


def judge_here(questions: Sequence[Question]) -> list[list[Decision]]:
    """The decisions on each."""
    return [run(*each) for each in questions]


def judge_apart(questions: Sequence[Question]) -> list[list[Decision]]:
    """The same, in a process that ends afterwards. Raises BrokenExecutor when it is killed."""
    if not questions:
        return []
    with ProcessPoolExecutor(1, get_context("spawn"), _prepare) as apart:
        return apart.submit(judge_here, questions).result()


def _prepare() -> None:
    """It never outlives the worker, comes after everybody else, and leaves Ctrl-C to the worker."""
    follow_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(10)
