"""The options of a reprocessing run, the reviews it requests, and what it counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


class Candidate(Protocol):
    """A review that may be requested."""

    @property
    def review_id(self) -> UUID:
        """The id of its stream."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """A review's state in the read model; `troubled` if a step failed and it waits, or was abandoned."""

    revision: int
    version: int
    done: bool
    troubled: bool


class Sagas(Protocol):
    """The read model of sagas. It may be behind."""

    def states(self, reviews: Collection[UUID]) -> Mapping[UUID, Seen]:
        """The states of those reviews that it knows."""
        ...


@dataclass(slots=True)
class Tally:
    """The outcome for the candidates.

    Each of them is one of: `asked` now; `underway`, requested before and not finished yet; `already` of the version;
    `incomplete`, since its saga is not finished or was abandoned; `replaced`, since the version was replaced by another;
    `refused`, since it kept changing. Of those asked and underway, some were `analysed`, some `revised` meanwhile,
    and some are `troubled`: a step failed, and they are retried later.
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

    @property
    def in_flight(self) -> int:
        """Requested, now or before, and not seen finished by this run."""
        return self.asked + self.underway - self.analysed - self.revised - self.troubled


@dataclass(frozen=True, slots=True)
class Order:
    """What is requested, and how fast.

    At most `in_flight` reviews are in flight at a time, `rate` a second and `limit` in all are requested. Until the
    first one is finished, it is the only one: there may be no worker to take it. After each batch comes a `rest`, so many
    times as long as the batch took. `patience` seconds may pass without a finished review.
    """

    processing_version: str
    run_id: UUID
    reason: str = ""
    in_flight: int = 8
    rest: float = 1.0
    rate: float | None = None
    limit: int | None = None
    patience: float = 120.0
