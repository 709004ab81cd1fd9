"""Signs of life from inside a piece of work, for the watchdog: a batch that takes long is not one that stands still."""

from __future__ import annotations

_beats: dict[str, int] = {}


def beat(what: str) -> None:
    """`what` got a bit further, or failed and will be tried again; `store.append` counts for `store`.

    Cheap and thread-safe enough: two threads at once may count as one, which is a sign of life as well.
    """
    name = what.partition(".")[0]
    _beats[name] = _beats.get(name, 0) + 1


def beats(name: str) -> int:
    """How many signs there were; only a change of it says something."""
    return _beats.get(name, 0)
