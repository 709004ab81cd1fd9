"""The tables of the reviews read model that the events imply."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from nlp.name_key import name_key
from projections.decoder import Decoded, Record
from projections.values import fixed
from projections.verify.tally import Tallies, Tally
from schemas.events.review import (
    FactsCorrected,
    ReviewCollected,
    ReviewProcessed,
    ReviewRevised,
    ReviewWithdrawn,
    SentimentAnalyzed,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(slots=True)
class _Review:
    tenant: UUID
    revision: int
    position: int
    origin: tuple[object, ...]
    texts: tuple[object, ...]
    facts: tuple[object, ...]
    language: str | None = None
    label: str | None = None
    score: object = None
    version: str | None = None
    probability: object = None
    sentences: int = 0
    entities: Tally = field(default_factory=Tally)
    keywords: Tally = field(default_factory=Tally)
    aspects: Tally = field(default_factory=Tally)


class ReviewsFold:
    """Some hundred bytes per review."""

    name = "reviews"
    topics = frozenset(
        {
            ReviewCollected.TOPIC, ReviewRevised.TOPIC, FactsCorrected.TOPIC, ReviewWithdrawn.TOPIC,
            ReviewProcessed.TOPIC, SentimentAnalyzed.TOPIC,
        }
    )  # fmt: skip

    def __init__(self) -> None:
        self._reviews: dict[UUID, _Review] = {}

    def take(self, decoded: Decoded) -> None:
        """A text replaces everything before it; facts and results count if they are of the current text."""
        at, event = decoded
        if at.topic in {ReviewCollected.TOPIC, ReviewRevised.TOPIC}:
            origin, texts, facts = _body(event)
            self._reviews[at.stream_id] = _Review(at.tenant_id, event["revision"], at.position, origin, texts, facts)
            return
        if at.topic == ReviewWithdrawn.TOPIC:
            self._reviews.pop(at.stream_id, None)
            return
        review = self._reviews.get(at.stream_id)
        if review is not None and event["revision"] == review.revision:
            review.position = at.position
            if at.topic == FactsCorrected.TOPIC:
                review.facts = _facts(event)
                return
            review.version = event["processing_version"]
            if at.topic == ReviewProcessed.TOPIC:
                _findings(review, decoded)
            else:
                review.label, review.score = event["label"], _fixed(event["score"])
                review.probability, review.sentences = _fixed(event["probability"], 4), len(event["sentences"])

    def result(self, into: Tallies) -> None:
        """Rows of processed_reviews, review_entities, review_keywords and review_aspects."""
        for stream, review in self._reviews.items():
            results = (review.language, review.label, review.score, review.version)
            (platform, author, published), (title, content, rating) = review.facts, review.texts
            body = (review.origin[0], platform, review.origin[1], title, content, author, rating, published)
            because = (review.probability, review.sentences)
            row = (stream, review.tenant, review.revision, *body, *results, review.position, *because)
            into["processed_reviews", review.tenant].add(*row)
            into["review_entities", review.tenant].merge(review.entities)
            into["review_keywords", review.tenant].merge(review.keywords)
            into["review_aspects", review.tenant].merge(review.aspects)


def _body(event: Record) -> tuple[tuple[object, ...], tuple[object, ...], tuple[object, ...]]:
    rating = None if event["rating"] is None else fixed(event["rating"], 2)
    texts = (_hashed(event["title"]), _hashed(event["content"]), rating)
    return (event["source"], event["external_id"]), texts, _facts(event)


def _facts(event: Record) -> tuple[object, ...]:
    """Platform, author and time of publication, which a correction may change."""
    author = event["author"]["name"] if event["author"] else None
    return event["platform"], _hashed(author), (event["published_at"] - EPOCH) // MICROSECOND


def _findings(review: _Review, decoded: Decoded) -> None:
    (stream, position), event = (decoded.at.stream_id, decoded.at.position), decoded.event
    review.language = event["language"]
    review.entities, review.keywords, review.aspects = Tally(), Tally(), Tally()
    for one in event["entities"]:
        numbers = (_fixed(one["salience"]), _fixed(one["sentiment"]))
        review.entities.add(
            stream, one["text"], one["type"], name_key(one["text"]), *numbers, len(one["mentions"]), position
        )
    for one in event["keywords"]:
        review.keywords.add(stream, one["text"], fixed(one["relevance"], 4), len(one["mentions"]), position)
    for one in event["aspects"]:
        probability = None if one["probability"] is None else fixed(one["probability"], 4)
        spans = (one[span][end] for span in ("at", "clause") for end in ("start", "end"))
        review.aspects.add(stream, one["term"], one["text"], one["label"], probability, *spans, position)


def _fixed(value: float | None, places: int = 2) -> object:
    return None if value is None else fixed(value, places)


def _hashed(text: str | None) -> str:
    return hashlib.md5((text or "").encode(), usedforsecurity=False).hexdigest()
