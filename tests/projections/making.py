"""A small builder of review histories: `history.review("r1").collected().stored().analyzed()`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self
from uuid import NAMESPACE_URL, UUID, uuid5

from eventstore.log import EventLog
from eventstore.model import NewEvent
from schemas import codec
from schemas.events import review as events
from schemas.parts import (
    Aspect,
    Author,
    Contribution,
    DecidingSentence,
    Embedding,
    Entity,
    Keyword,
    LexiconHit,
    NotificationUndelivered,
    Span,
    TopicShare,
)

ACME = uuid5(NAMESPACE_URL, "acme")
OTHER = uuid5(NAMESPACE_URL, "other")
NOON = datetime(2024, 5, 17, 12, tzinfo=UTC)


def undelivered(channel: str, reason: str, attempts: int = 1) -> NotificationUndelivered:
    """A notification that its channel has not confirmed."""
    return NotificationUndelivered(str(uuid5(NAMESPACE_URL, channel)), channel, "rating<=2", attempts, reason)


@dataclass
class History:
    """Events in the order in which they were made, to be appended to a log."""

    made: list[NewEvent] = field(default_factory=list)
    versions: dict[UUID, int] = field(default_factory=dict)

    def review(self, name: str, *, tenant: UUID = ACME, **body: Any) -> Review:
        return Review(self, uuid5(tenant, name), tenant, {"external_id": name, **body})

    def add(self, stream: UUID, tenant: UUID, event: Any) -> None:
        version = self.versions[stream] = self.versions.get(stream, 0) + 1
        state = codec.encode(event)
        self.made.append(NewEvent(tenant, stream, version, event.TOPIC, state, uuid5(stream, f"{version}")))

    def save(self, log: EventLog) -> int:
        """Append what is new since the last call; gives the log's head."""
        result = log.append(self.made)
        assert not result.conflicts
        self.made.clear()
        return log.head()


@dataclass
class Review:
    """One review's stream. Each method appends one step's events and gives the review back."""

    history: History
    id: UUID
    tenant: UUID
    body: dict[str, Any]
    revision: int = 1
    counted: Contribution | None = None
    counted_revision: int = 0
    corrections: int = 0
    gone: bool = False
    said: int = 0

    def _add(self, *made: Any) -> Self:
        for event in made:
            self.history.add(self.id, self.tenant, event)
        return self

    def _body(self, changes: dict[str, Any]) -> dict[str, Any]:
        self.body |= changes
        standard = {
            "source": "harbour-hotel",
            "platform": "google_play",
            "content_hash": f"{self.revision:064x}",
            "content": "The harbour view was lovely.",
            "rating": 4.5,
            "author": Author("Somebody", "a1"),
            "published_at": NOON,
            "collected_at": NOON,
            "revision": self.revision,
        }
        return standard | self.body

    def collected(self, **changes: Any) -> Self:
        return self._add(events.ReviewCollected(**self._body(changes)))

    def revised(self, **changes: Any) -> Self:
        self.revision += 1
        self.corrections, self.gone = 0, False
        return self._add(events.ReviewRevised(**self._body(changes), previous_content_hash="0" * 64))

    def corrected(self, **facts: Any) -> Self:
        """Other facts, by their names in the event; what counts of this revision moves with them."""
        body = self._body(facts)
        self.corrections += 1
        before, names = self.counted, ("platform", "author", "published_at")
        if before is not None and self.counted_revision == self.revision:
            self.counted = replace(before, date=body["published_at"].date(), platform=body["platform"])
        moved = before != self.counted
        return self._add(
            events.FactsCorrected(
                revision=self.revision,
                correction=self.corrections,
                facts_hash=f"{self.corrections:064x}",
                **{name: body[name] for name in names},
                contribution=self.counted if moved else None,
                replaces=before if moved else None,
                processing_version="p1" if moved else "",
                corrected_at=NOON,
            )
        )

    def withdrawn(self) -> Self:
        """Its source deleted it; only a revision may follow."""
        withdrawn, self.counted, self.gone = self.counted, None, True
        return self._add(events.ReviewWithdrawn(revision=self.revision, withdrawn=withdrawn, withdrawn_at=NOON))

    def stored(self) -> Self:
        return self._add(events.RawReviewStored(revision=self.revision, raw_review_id="0" * 24, stored_at=NOON))

    def processed(
        self,
        entities: Iterable[tuple[str, str, float, float | None]] = (("Harbour", "LOC", 0.8, 0.6),),
        keywords: Iterable[tuple[str, float]] = (("harbour view", 0.9),),
        *,
        revision: int | None = None,
        version: str = "p1",
        language: str = "en",
        aspects: Iterable[Aspect] = (Aspect("view", "view", "positive", 0.9312, Span(12, 16), Span(0, 28)),),
        vector: bytes | None = None,
        encoder: str = "stub 1",
    ) -> Self:
        return self._add(
            events.ReviewProcessed(
                revision=revision or self.revision,
                processing_version=version,
                language=language,
                language_confidence=0.98,
                analyzers={"entities": "spacy"},
                entities=tuple(Entity(t, k, s, f, (Span(4, 11),)) for t, k, s, f in entities),
                keywords=tuple(Keyword(text, relevance, (Span(4, 16),)) for text, relevance in keywords),
                aspects=tuple(aspects),
                characters_analyzed=28,
                truncated=False,
                embedding=None if vector is None else Embedding(encoder, vector),
                processed_at=NOON + timedelta(minutes=1),
            )
        )

    def sentiment(
        self,
        label: str = "positive",
        score: float | None = 0.58,
        *,
        revision: int | None = None,
        version: str = "p1",
        probability: float | None = None,
        sentences: tuple[DecidingSentence, ...] = (),
    ) -> Self:
        return self._add(
            events.SentimentAnalyzed(
                revision=revision or self.revision,
                processing_version=version,
                analyzer="vader",
                score=score,
                label=label,
                positive=0.4,
                neutral=0.6,
                negative=0.0,
                evidence=(LexiconHit("lovely", 21, 27, 2.8),),
                probability=probability,
                sentences=sentences,
                processed_at=NOON + timedelta(minutes=2),
            )
        )

    def analyzed(self) -> Self:
        return self.processed().sentiment()

    def updated(self, *, day: date | None = None, topics: tuple[TopicShare, ...] = (), **values: Any) -> Self:
        body = self._body({})
        standard = {"source": body["source"], "platform": body["platform"], "label": "positive", "score": 0.58}
        facts = standard | {"rating": body["rating"], "language": "en"} | values
        before, self.counted_revision = self.counted, self.revision
        self.counted = Contribution(date=day or body["published_at"].date(), topics=topics, **facts)
        return self._add(
            events.AnalyticsUpdated(
                revision=self.revision,
                processing_version="p1",
                contribution=self.counted,
                replaces=before,
                updated_at=NOON + timedelta(minutes=3),
            )
        )

    def assigned(self, *topics: TopicShare, version: int = 1) -> Self:
        """Another topic model says what it is about; only for a review whose present revision counts."""
        assert self.counted is not None
        before, self.counted = self.counted, replace(self.counted, topics=topics)
        return self._add(
            events.TopicsAssigned(
                revision=self.revision,
                model_version=version,
                processing_version="p1",
                contribution=self.counted,
                replaces=before,
                assigned_at=NOON + timedelta(minutes=4),
            )
        )

    def rolled_back(self, attempt: int = 1) -> Self:
        assert self.counted is not None
        withdrawn, self.counted = self.counted, None
        return self._add(
            events.AnalyticsRolledBack(
                revision=self.revision, attempt=attempt, withdrawn=withdrawn, rolled_back_at=NOON
            )
        )

    def notified(self, *given_up: NotificationUndelivered) -> Self:
        return self._add(
            events.SubscribersNotified(revision=self.revision, notifications=(), notified_at=NOON, given_up=given_up)
        )

    def failed(self, step: str, attempt: int = 1) -> Self:
        return self._add(
            events.StepFailed(
                revision=self.revision,
                step=step,
                attempt=attempt,
                error_type="Unreachable",
                error="the server does not answer",
                failed_at=NOON,
            )
        )

    def marked(self, step: str, attempt: int = 1, *, pending: tuple[NotificationUndelivered, ...] = ()) -> Self:
        return self._add(
            events.ReviewMarkedForRetry(
                revision=self.revision, step=step, attempt=attempt, not_before=NOON, marked_at=NOON, pending=pending
            )
        )

    def disputed(
        self,
        right: str | None = "negative",
        *,
        field: str = "label",
        given: str | None = "positive",
        who: str = "ann",
        note: str | None = None,
        revision: int | None = None,
    ) -> Self:
        self.said += 1
        of = {"revision": revision or self.revision, "number": self.said, "field": field, "given": given, "who": who}
        return self._add(events.LabelDisputed(**of, right=right, note=note, processing_version="p1", disputed_at=NOON))

    def dispute_withdrawn(self, *, field: str = "label", given: str | None = "positive", who: str = "ann") -> Self:
        self.said += 1
        of = {"revision": self.revision, "number": self.said, "field": field, "given": given, "who": who}
        return self._add(events.DisputeWithdrawn(**of, withdrawn_at=NOON))

    def abandoned(self, step: str, attempts: int = 3) -> Self:
        return self._add(
            events.ReviewAbandoned(
                revision=self.revision, step=step, attempts=attempts, reason="no more attempts", abandoned_at=NOON
            )
        )

    def reprocessing(self, version: str = "p2") -> Self:
        return self._add(
            events.ReprocessingRequested(revision=self.revision, processing_version=version, requested_at=NOON)
        )

    def whole(self) -> Self:
        """A saga that went well."""
        return self.collected().stored().analyzed().updated().notified()
