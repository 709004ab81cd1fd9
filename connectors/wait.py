"""Waiting, for a bounded time, until something holds or an error passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    retry_if_exception_type,
    retry_if_result,
    stop_after_delay,
    wait_fixed,
)

from schemas.errors import TransientError

T = TypeVar("T")


class TimedOut(TransientError):
    """What was waited for did not come in time."""


def wait_until(condition: Callable[[], T | None], seconds: float, *, what: str, every: float = 0.1) -> T:
    """The first true value of `condition`, which is asked at once and then every `every` seconds.

    Raises TimedOut naming `what` is waited for after `seconds`; what `condition` raises is raised at once.
    """

    def late(_state: RetryCallState) -> NoReturn:
        raise TimedOut(f"waited {seconds:g} s for {what}")

    waiting = Retrying(
        retry=retry_if_result(lambda value: not value),
        stop=stop_after_delay(seconds),
        wait=wait_fixed(every),
        retry_error_callback=late,
    )
    found = waiting(condition)
    assert found is not None, "nothing but a true value ends it"
    return found


def wait_out(
    passing: type[Exception] | Callable[[BaseException], bool],
    call: Callable[[], T],
    seconds: float,
    *,
    every: float = 0.1,
) -> T:
    """What `call` returns once its `passing` errors are over; any other, and after `seconds` the last one, is raised.

    `passing` is a class or a predicate. For errors that say themselves what is waited for.
    """
    waiting = Retrying(
        retry=retry_if_exception_type(passing) if isinstance(passing, type) else retry_if_exception(passing),
        stop=stop_after_delay(seconds),
        wait=wait_fixed(every),
        reraise=True,
    )
    return waiting(call)
