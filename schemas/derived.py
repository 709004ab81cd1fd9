"""What follows from the contracts is worked out once, and again when a further directory of them is taken up."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])
_FORGET: list[Callable[[], object]] = []


def derived(function: F) -> F:
    """Like functools.cache, until `forget`."""
    cached = cache(function)
    _FORGET.append(cached.cache_clear)
    return cast("F", cached)


def forgets(clear: Callable[[], object]) -> None:
    """Have `clear` called by `forget`, for what is remembered otherwise."""
    _FORGET.append(clear)


def forget() -> None:
    """The contracts are others now."""
    for clear in _FORGET:
        clear()
