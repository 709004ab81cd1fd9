"""What a run of reprocessing is told, whom it asks, and what it counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


class Candidate(Protocol):
    """A review that may be asked for."""

    @property
    def review_id(self) -> UUID:
        """Its stream."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """Where the read model says that a review stands; `troubled` if a step failed and it waits, or was given up."""

    revision: int
    version: int
    done: bool
    troubled: bool


class Sagas(Protocol):
    """The read model of sagas. It may be behind."""

    def look(self, reviews: Collection[UUID]) -> Mapping[UUID, Seen]:
        """Those of the reviews that it knows."""
        ...


@dataclass(slots=True)
class Tally:
    """What became of the candidates.

    Each of them is one of: `asked` now; `underway`, asked before and not through yet; `already` of the version;
    `incomplete`, since its saga is not through or was given up; `replaced`, since the version was replaced by another;
    `refused`, since it kept changing. Of those asked and under way, so many were `analysed`, were `revised` meanwhile,
    or are `troubled`: a step failed, and they are tried again later.
    """

    asked: int = 0
    underway: int = 0
    already: int = 0
    incomplete: int = 0
    replaced: int = 0
    refused: int = 0
    analysed: int = 0
    revised: int = 0
    troubled: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for, and how fast.

    At most `in_flight` reviews are on their way at a time, `rate` a second and `limit` in all are asked for. Until the
    first one is through, it is the only one: nobody may be there to take it. After each batch comes a `rest`, so many
    times as long as the batch took. `patience` seconds may pass in which none comes through.
    """

    processing_version: str
    run_id: UUID
    reason: str = ""
    in_flight: int = 8
    rest: float = 1.0
    rate: float | None = None
    limit: int | None = None
    patience: float = 120.0
