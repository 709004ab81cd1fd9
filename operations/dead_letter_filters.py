"""Filters for dead letters are checked before they are used: one that nothing can match is a typing error."""

from __future__ import annotations

from collections.abc import Iterable

from aggregates.review.deadlines import WAITED_FOR
from operations.parked_streams import STAGES
from schemas.known import check_known
from schemas.reasons import REASONS
from services.dead_letters.records import Selection
from services.dead_letters.repository import DeadLetterRepository

DEAD_LETTER_STAGES = ("inbound", *WAITED_FOR, "deadletters")
"""Where reviewstream makes dead letters of messages."""


def check_filters(repository: DeadLetterRepository, *, stage: str | None, reason: str | None) -> None:
    """Raises InvalidInput for a stage or a reason that neither this release has nor any dead letter."""
    known = (*DEAD_LETTER_STAGES, *STAGES)
    if stage is not None and stage not in known:
        check_known("--stage", stage, _with(known, repository.values("stage")), field="stage")
    if reason is not None and reason not in REASONS:
        check_known("--reason", reason, _with(REASONS, repository.values("reason")), field="reason")


def check_tenant(repository: DeadLetterRepository, name: str, slugs: Iterable[str]) -> None:
    """Raises InvalidInput for an unregistered tenant that no dead letter names either."""
    if not repository.find(Selection(tenants=[name], state=None, limit=1)):
        check_known(
            "--tenant", name, sorted(slugs), field="tenant", there="there are no dead letters of it, and tenants"
        )


def _with(known: Iterable[str], stored: Iterable[str]) -> list[str]:
    return list(dict.fromkeys((*known, *stored)))
