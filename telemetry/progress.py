"""Heartbeats from inside a piece of work, for the watchdog: a batch that takes long has not stalled."""

from __future__ import annotations

_beats: dict[str, int] = {}


def beat(what: str) -> None:
    """`what` made progress, or failed and will be retried; `store.append` counts for `store`.

    Cheap and thread-safe enough: two concurrent beats may count as one, which is progress as well.
    """
    name = what.partition(".")[0]
    _beats[name] = _beats.get(name, 0) + 1


def beats(name: str) -> int:
    """The number of beats so far; only a change of it matters."""
    return _beats.get(name, 0)
