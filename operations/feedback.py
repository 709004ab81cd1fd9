"""Feedback on results: given, taken back, and imported; events in the review's stream, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aggregates.ids import review_id as id_of
from aggregates.review.aggregate import Review
from aggregates.review.disputes import Said, dispute, withdraw_dispute
from eventstore.log import EventLog
from schemas.errors import InvalidInput, NotAllowed, VersionConflict
from streams.runtime.reviews import Change, fold

ROUNDS = 8
COLUMNS = ("review_id", "source", "external_id", "field", "given", "right", "by", "note")
MOST_REFUSALS = 20


@dataclass(slots=True)
class Imported:
    """Rows `added`, `known` already, and `refused`; the first refusals with their line and why."""

    added: int = 0
    known: int = 0
    refused: int = 0
    refusals: list[tuple[int, str]] = field(default_factory=list)


class FeedbackDesk:
    """Appends what people say of a tenant's reviews."""

    def __init__(self, log: EventLog, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._log, self._now = log, now

    def add(self, tenant_id: UUID, review_id: UUID, said: Said) -> bool:
        """Whether that is new. Raises InvalidInput or NotAllowed where it cannot be said."""
        return self._append(tenant_id, review_id, lambda review: dispute(review, said, now=self._now()))

    def withdraw(self, tenant_id: UUID, review_id: UUID, field: str, who: str, *, given: str | None = None) -> None:
        """Take it back. Raises NotAllowed where that person has said nothing of it."""
        self._append(
            tenant_id, review_id, lambda review: withdraw_dispute(review, field, who, given=given, now=self._now())
        )

    def import_rows(self, tenant_id: UUID, rows: Iterable[tuple[int, Mapping[str, str]]], who: str) -> Imported:
        """Add each row (its line, its values by column); one that is refused is counted and does not stop the others."""
        tally = Imported()
        for line, row in rows:
            try:
                added = self.add(tenant_id, _review(tenant_id, row), _said(row, who))
            except (InvalidInput, NotAllowed) as error:
                tally.refused += 1
                if len(tally.refusals) < MOST_REFUSALS:
                    tally.refusals.append((line, str(error)))
            else:
                tally.added += added
                tally.known += not added
        return tally

    def _append(self, tenant_id: UUID, review_id: UUID, decide: Callable[[Review], tuple[Any, ...]]) -> bool:
        for _ in range(ROUNDS):
            recorded = self._log.read_stream(review_id)
            if not recorded or recorded[0].tenant_id != tenant_id:
                raise InvalidInput(
                    "review_id: this tenant has no such review; `reviewstream query reviews` lists them",
                    field="review_id",
                )
            review = fold(review_id, recorded)
            events = decide(review)
            if not events:
                return False
            if not self._log.append(Change(review, events).recorded()).conflicts:
                return True
        raise VersionConflict(f"review {review_id} kept changing: try again")


def check_columns(names: Iterable[str]) -> None:
    """Raises InvalidInput where a file of feedback lacks a column, or has one that means nothing."""
    found = set(names)
    if unknown := sorted(found - {*COLUMNS}):
        raise InvalidInput(
            f"{unknown[0][:50]!r} is no column of feedback; there are {', '.join(COLUMNS)}", field="file"
        )
    if "right" not in found or not ("review_id" in found or {"source", "external_id"} <= found):
        raise InvalidInput(
            "the header needs `right`, and `review_id` or both of `source` and `external_id`", field="file"
        )


def _review(tenant_id: UUID, row: Mapping[str, str]) -> UUID:
    if given := row.get("review_id"):
        try:
            return UUID(given)
        except ValueError:
            raise InvalidInput("review_id: is no id of a review", field="review_id") from None
    if not (row.get("source") and row.get("external_id")):
        raise InvalidInput("review_id: is empty, and so is source or external_id", field="review_id")
    return id_of(tenant_id, row["source"], row["external_id"])


def _said(row: Mapping[str, str], who: str) -> Said:
    """Empty is not given; without `field` it is the label, without `by` whoever imports."""
    return Said(
        field=row.get("field") or "label",
        right=row.get("right") or None,
        who=row.get("by") or who,
        given=row.get("given") or None,
        note=row.get("note") or None,
    )
