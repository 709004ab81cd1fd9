"""The saga progress and failures that the events imply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from projections.decoder import Decoded, Record
from projections.verify.tally import Tallies, tallies
from schemas.events import review as of

WAITS_FOR = {
    of.ReviewCollected.TOPIC: "store",
    of.ReviewRevised.TOPIC: "store",
    of.RawReviewStored.TOPIC: "nlp",
    of.ReprocessingRequested.TOPIC: "nlp",
    of.SentimentAnalyzed.TOPIC: "analytics",
    of.AnalyticsUpdated.TOPIC: "notify",
    of.SubscribersNotified.TOPIC: "done",
    of.StepFailed.TOPIC: "failed",
    of.ReviewMarkedForRetry.TOPIC: "",
    of.ReviewAbandoned.TOPIC: "abandoned",
    of.ReviewWithdrawn.TOPIC: "withdrawn",
}
NOTED = {of.FactsCorrected.TOPIC, of.TopicsAssigned.TOPIC, of.LabelDisputed.TOPIC, of.DisputeWithdrawn.TOPIC}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KINDS = {
    of.StepFailed.TOPIC: ("failed", "attempt"),
    of.ReviewMarkedForRetry.TOPIC: ("retry", "attempt"),
    of.ReviewAbandoned.TOPIC: ("abandoned", "attempts"),
}
"""Which failures are a row each, and the field that counts attempts."""


@dataclass(slots=True)
class _Saga:
    tenant: UUID
    step: str = ""
    revision: int = 0
    attempts: int = 0
    position: int = 0
    version: int = 0
    event_id: UUID | None = None
    correlation_id: UUID | None = None
    not_before: int | None = None
    """Microseconds of the epoch."""

    def row(self) -> tuple[object, ...]:
        """What is compared, in the order of the .sql file."""
        waits = (self.step, self.revision, self.attempts, self.not_before)
        return (*waits, self.position, self.version, self.event_id, self.correlation_id)


class SagaFold:
    """One small object per review."""

    name = "saga_progress"
    topics = frozenset({*WAITS_FOR, *NOTED})

    def __init__(self) -> None:
        self._sagas: dict[UUID, _Saga] = {}

    def take(self, decoded: Decoded) -> None:
        """Events of an older revision are ignored; what is only noted changes nothing but the place in the log."""
        at, event = decoded
        saga = self._sagas.setdefault(at.stream_id, _Saga(at.tenant_id))
        if event["revision"] < saga.revision:
            return
        saga.position, saga.version = at.position, at.version
        if at.topic in NOTED:
            return
        if at.topic in {of.ReviewCollected.TOPIC, of.ReviewRevised.TOPIC}:
            saga.attempts = 0
        saga.attempts = _attempts(event, saga.attempts)
        saga.step = WAITS_FOR[at.topic] or event["step"]
        saga.revision = event["revision"]
        saga.event_id, saga.correlation_id = at.event_id, at.correlation_id
        saga.not_before = _microseconds(event.get("not_before"))

    def result(self, into: Tallies) -> None:
        """Rows of saga_progress."""
        for stream, saga in self._sagas.items():
            into["saga_progress", saga.tenant].add(stream, *saga.row())


def _attempts(event: Record, known: int) -> int:
    return next((int(event[name]) for name in ("attempt", "attempts") if name in event), known)


def _microseconds(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - EPOCH) // timedelta(microseconds=1)


class FailuresFold:
    """Constant memory: every event is a row, but for sagas that ended with all of their notifications sent."""

    name = "failures"
    topics = frozenset({*KINDS, of.SubscribersNotified.TOPIC})

    def __init__(self) -> None:
        self._tallies = tallies()

    def take(self, decoded: Decoded) -> None:
        """Count it."""
        at, event = decoded
        if at.topic in KINDS:
            kind, attempt = KINDS[at.topic]
            what = (kind, event["revision"], event["step"], event[attempt])
        elif given_up := [each["attempts"] for each in event["given_up"]]:
            what = ("given_up", event["revision"], "notify", max(given_up))
        else:
            return
        self._tallies["failures", at.tenant_id].add(at.position, at.stream_id, *what)

    def result(self, into: Tallies) -> None:
        """Rows of failures."""
        for key, tally in self._tallies.items():
            into[key].merge(tally)
