"""What a batch of a step leaves in metrics, logs and traces. All of it is per batch, nothing per review."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Literal, TypeVar

import structlog

from streams.runtime.step import Failed, Outcome, Work
from telemetry.metrics import STEP_BATCH, STEP_FAILURES, STEP_REVIEWS
from telemetry.progress import beat
from telemetry.tracing import span

Given = TypeVar("Given")
Made = TypeVar("Made")
Phase = Literal["prepare", "commit"]
SHOWN = 5
"""Correlation ids of a batch that a log line names: enough to find it again, whatever the batch's size."""


def observed(
    step: str, phase: Phase, call: Callable[[Given], Awaitable[Made]]
) -> Callable[[Given], Coroutine[Any, Any, Made]]:
    """`call`, timed, as a span, with the step in every log line that it causes."""
    seconds = STEP_BATCH.labels(step, phase)

    async def timed(given: Given) -> Made:
        structlog.contextvars.bind_contextvars(step=step)
        with seconds.time(), span(f"{step}.{phase}", step=step):
            made = await call(given)
        beat(step)
        return made

    return timed


def about(work: Sequence[Work]) -> None:
    """What is logged from here on concerns these reviews."""
    ids = dict.fromkeys(str(each.item.correlation_id) for each in work[:SHOWN] if each.item.correlation_id)
    structlog.contextvars.bind_contextvars(reviews=len(work), correlation_ids=list(ids))


def count(step: str, results: Sequence[tuple[Work, Outcome]], *, refused: int) -> None:
    """These reviews went through the step; `refused` of them are decided again and counted then."""
    STEP_REVIEWS.labels(step).inc(len(results) - refused)
    failed = sum(isinstance(outcome, Failed) for _, outcome in results)
    if failed:
        STEP_FAILURES.labels(step).inc(failed)
