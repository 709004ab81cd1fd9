"""The port that every kind of store implements for migrations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from schemas.errors import ReviewstreamError


@dataclass(frozen=True, slots=True)
class StoreState:
    """What a store has and lacks of what this release needs, by name, in the order of application.

    `refusals` say why nothing may be changed, in this store or any other; `advice` is left to the operator.
    """

    store: str
    in_place: Sequence[str]
    missing: Sequence[str]
    refusals: Sequence[ReviewstreamError] = ()
    advice: Sequence[str] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "store": self.store,
            "standing": list(self.in_place),
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
        """Create what is missing, and nothing else. May be repeated, also after an interruption."""
        ...
