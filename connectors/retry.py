"""Retries transient errors with bounded exponential backoff and jitter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_delay,
    wait_exponential,
    wait_random,
)

from connectors.fault_table import fault_of
from connectors.faults import Fault
from telemetry.error_text import named_text
from telemetry.metrics import RETRIES
from telemetry.progress import beat

log = structlog.get_logger(__name__)
T = TypeVar("T")


def is_transient(error: BaseException) -> bool:
    """Whether the same call may succeed later."""
    return fault_of(error) is Fault.TRANSIENT


async def retrying(call: Callable[[], Awaitable[T]], *, what: str, limit: float = 300.0) -> T:
    """Await `call`, again while it fails transiently; after `limit` seconds its last error is raised."""

    def report(state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        beat(what)
        RETRIES.labels(what).inc()
        log.warning(
            "call.retrying", what=what, attempt=state.attempt_number, error=named_text(error) if error else None
        )

    retry = AsyncRetrying(
        retry=retry_if_exception(is_transient),
        wait=wait_exponential(multiplier=0.05, max=5) + wait_random(0, 0.2),
        stop=stop_after_delay(limit),
        before_sleep=report,
        reraise=True,
    )
    async for attempt in retry:
        with attempt:
            answer = await call()
            beat(what)
            return answer
    raise AssertionError("unreachable: the last error is raised")
