"""What was found, as data; nothing of what a review says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from eventstore.parking import ParkedStream
from services.dead_letters.records import StoredDeadLetter
from services.inbound.ledger import Rejection


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of a review, without its content."""

    version: int
    position: int
    recorded_at: datetime
    type: str
    event_id: UUID
    correlation_id: UUID | None


@dataclass(frozen=True, slots=True)
class FoundReview:
    """A review and where it is: `step` is what its saga does next, or done, failed, abandoned, withdrawn; `why` is for people.

    `found_by` names what of it the term was. `since` is when it came there; `not_before` when its retry is due.
    """

    review_id: UUID
    tenant_id: UUID
    tenant: str
    source: str
    external_id: str
    revision: int
    step: str
    why: str
    since: datetime
    not_before: datetime | None
    found_by: str
    history: Sequence[Happened]
    parked: Sequence[ParkedStream]
    letters: Sequence[StoredDeadLetter]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message in the inbound topic that no one has validated yet."""

    partition: int
    offset: int
    item: int
    tenant: str
    found_by: str
    before_it: int
    """Messages of its partition that are validated first."""


@dataclass(frozen=True, slots=True)
class FoundRun:
    """A publishing run: what was counted of it. `interrupted_at` is the line that the next publishing continues after."""

    run_id: str
    received: int
    accepted: int
    revised: int
    corrected: int
    withdrawn: int
    deduplicated: int
    dead_lettered: int
    rejections: Sequence[Rejection]
    interrupted_at: int | None


@dataclass(slots=True)
class Found:
    """Everything that has that name; `looked_in` says where was looked, `unasked` what did not answer, and why."""

    term: str
    reviews: list[FoundReview] = field(default_factory=list)
    letters: list[StoredDeadLetter] = field(default_factory=list)
    """Those that belong to none of the reviews."""
    waiting: list[Waiting] = field(default_factory=list)
    run: FoundRun | None = None
    log_lines: list[str] = field(default_factory=list)
    looked_in: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        """Whether nothing has that name."""
        return not (self.reviews or self.letters or self.waiting or self.run or self.log_lines)
