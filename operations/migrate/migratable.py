"""What setting up asks of every kind of store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from schemas.errors import ReviewstreamError


@dataclass(frozen=True, slots=True)
class StoreState:
    """What a store has of what this release wants, by name, in the order in which it is made.

    `refusals` say why nothing may be changed, in this store or any other; `advice` is what setting up does not do.
    """

    store: str
    standing: Sequence[str]
    missing: Sequence[str]
    refusals: Sequence[ReviewstreamError] = ()
    advice: Sequence[str] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "store": self.store,
            "standing": list(self.standing),
            "missing": list(self.missing),
            "refusals": [str(each) for each in self.refusals],
            "advice": list(self.advice),
        }


class Migratable(Protocol):
    """One kind of store, named as in the settings. Both methods raise ReviewstreamError when it does not answer."""

    name: str

    def inspect(self) -> StoreState:
        """Compare; changes nothing."""
        ...

    def apply_missing(self) -> None:
        """Make what is missing, and nothing else. May be repeated, also after it was cut short."""
        ...
