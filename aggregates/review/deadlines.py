"""How long a review may wait for a step before it counts as stuck: one time for all, and exceptions."""

from __future__ import annotations

from collections.abc import Mapping

from aggregates.review.saga import COMPENSATE, FAILED, STEPS

WAITED_FOR = (*STEPS, COMPENSATE)


def deadlines(seconds: float, exceptions: str) -> Mapping[str, float]:
    """Seconds by step. Raises ValueError as `checked` does."""
    return dict.fromkeys(WAITED_FOR, seconds) | _parsed(exceptions)


def checked(exceptions: str) -> str:
    """`step=seconds[,step=seconds]` as it came. Raises ValueError that names what is wrong."""
    _parsed(exceptions)
    return exceptions


def by_state(seconds: Mapping[str, float]) -> dict[str, float]:
    """The same by what the read model calls a review that waits for the step."""
    return {state_of(step): limit for step, limit in seconds.items()}


def state_of(step: str) -> str:
    """A review that waits for compensation is `failed`."""
    return FAILED if step == COMPENSATE else step


def _parsed(exceptions: str) -> dict[str, float]:
    return dict(map(_pair, filter(None, map(str.strip, exceptions.split(",")))))


def _pair(text: str) -> tuple[str, float]:
    step, _, seconds = (part.strip() for part in text.partition("="))
    if step not in WAITED_FOR:
        raise ValueError(f"names a step that no review waits for; those are {', '.join(WAITED_FOR)}")
    try:
        value = float(seconds)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise ValueError(f"has no number of seconds above 0 for {step}; write for example {step}=60")
    return step, value
