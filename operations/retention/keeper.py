"""Applies the policy now and then, beside the sweeper. What fails is tried again in the next round and stops no worker."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from operations.read_models import ReadModels
from operations.retention.messages import HandledMessages
from operations.retention.policy import Policy, cutoff
from operations.retention.versions import drop_retired
from services.dead_letters.repository import DeadLetterRepository
from telemetry.error_text import safe_text

log = structlog.get_logger(__name__)
FIRST_SECONDS, EVERY_SECONDS = 60.0, 3600.0
LOT = 1_000


@dataclass(slots=True)
class Removed:
    """What one round removed."""

    messages: dict[str, int] = field(default_factory=dict)
    versions: list[str] = field(default_factory=list)
    dead_letters: int = 0


@dataclass(frozen=True, slots=True)
class Retention:
    """Removes what the policy keeps no longer. Any number of them may run."""

    policy: Policy
    messages: HandledMessages
    read_models: ReadModels
    dead_letters: DeadLetterRepository

    def run(self, stop: threading.Event) -> None:
        """A round soon after the start and then every hour, until `stop` is set."""
        pause = FIRST_SECONDS
        while not stop.wait(pause):
            self.round()
            pause = EVERY_SECONDS

    def round(self, now: datetime | None = None) -> Removed:
        """Remove what is old enough; each kind by itself, so that one that fails does not keep the others."""
        now, removed = now or datetime.now(UTC), Removed()
        if before := cutoff(self.policy.handled_messages, now):
            _attempt("messages", lambda: removed.messages.update(self.messages.remove(before)))
        if retired := cutoff(self.policy.retired_versions, now):
            _attempt("versions", lambda: removed.versions.extend(drop_retired(self.read_models, retired)))
        if settled := cutoff(self.policy.settled_dead_letters, now):
            _attempt("dead_letters", lambda: self._forget_dead_letters(settled, removed))
        _say(removed)
        return removed

    def _forget_dead_letters(self, before: datetime, removed: Removed) -> None:
        """In transactions of LOT dead letters each."""
        while count := self.dead_letters.forget_settled(before, limit=LOT):
            removed.dead_letters += count


def _attempt(what: str, remove: Callable[[], object]) -> None:
    try:
        remove()
    except Exception as error:  # noqa: BLE001 - nothing here is worth a worker's end; the next round tries again
        log.warning("retention.failed", what=what, error=f"{type(error).__name__}: {safe_text(error)}")


def _say(removed: Removed) -> None:
    for topic, count in removed.messages.items():
        log.info("retention.messages_removed", topic=topic, documents=count)
    for version in removed.versions:
        log.info("retention.version_dropped", what=version)
    if removed.dead_letters:
        log.info("retention.dead_letters_removed", documents=removed.dead_letters)
