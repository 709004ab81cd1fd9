"""What a worker will say of a row, found without sending it: by the very functions that the worker uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from aggregates.review.draft import Draft
from aggregates.review.validation import validate
from schemas.cloudevents import parse
from schemas.errors import InvalidInput
from sources.files.rows import Row
from sources.publishing.envelope import Envelope


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a row would become a dead letter; `field` is that of the review, or "row"."""

    reason: str
    field: str
    error: str


@dataclass(frozen=True, slots=True)
class Trial:
    """Tries rows for a tenant that exists."""

    envelope: Envelope
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def of(self, row: Row) -> Draft | Refused:
        """The review that the row would be, or why it would be refused."""
        (message,) = self.envelope.messages([row])
        (item,) = parse(message.headers, message.value)
        problem = item.problem
        if problem is None:
            try:
                return validate(item.data or {}, self.now())
            except InvalidInput as error:
                problem = error
        return Refused(problem.reason, problem.field, str(problem))
