"""The port that every kind of store implements for recovery."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with (what, done, total)."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What a store had and does not have any more. `store` is named as in the settings.

    `rebuilt` says what `recover` makes again and from what, empty if it cannot; `gone` what no one can bring back, empty
    if nothing.
    """

    store: str
    what: str
    rebuilt: str = ""
    gone: str = ""

    @property
    def final(self) -> bool:
        """Whether nothing of it can be built again: a backup is needed."""
        return not self.rebuilt

    def __str__(self) -> str:
        return f"{self.store}: {self.what}"


class Recoverable(Protocol):
    """One kind of store. Both methods raise ReviewstreamError, or the driver's errors, when it does not answer."""

    name: str

    def inspect(self) -> Sequence[Loss]:
        """What is lost; cheap, and changes nothing. Empty on a new installation."""
        ...

    def rebuild(self, progress: Progress) -> Sequence[str]:
        """Make again what can be; returns what was done, a sentence each. May be repeated."""
        ...
