"""A tenant's reviews as a fit needs them: vectors and texts, from the event log."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from eventstore.log import EventLog
from eventstore.mapper import Mapper
from eventstore.model import RecordedEvent
from nlp.topics.model import Sample
from schemas.errors import InvalidInput
from schemas.events.review import ReviewCollected, ReviewProcessed, ReviewRevised, ReviewWithdrawn

MOST = 20_000
"""Reviews of a sample: more would cost memory and minutes, and hardly move a centre."""
TOPICS = frozenset({ReviewCollected.TOPIC, ReviewRevised.TOPIC, ReviewProcessed.TOPIC, ReviewWithdrawn.TOPIC})
MAPPER = Mapper()


@dataclass(frozen=True, slots=True)
class Corpus:
    """`sample` is of `encoder`. `reviews` have a vector of it, in all; the others are counted by what they have."""

    encoder: str
    sample: Sample
    reviews: int
    without_vector: int
    other_encoder: int


@dataclass(slots=True)
class _Review:
    """The newest text and analysis; a revision that is not analysed yet counts with neither."""

    text: str = ""
    source: str = ""
    platform: str = ""
    processed: ReviewProcessed | None = None


@dataclass(slots=True)
class _Reader:
    share: float
    sampled: dict[UUID, _Review] = field(default_factory=dict)
    encoders: dict[UUID, str] = field(default_factory=dict)
    """Of every review, sampled or not; empty where it has no vector."""

    def take(self, event: RecordedEvent) -> None:
        stream = event.stream_id
        if event.topic == ReviewWithdrawn.TOPIC:
            self.sampled.pop(stream, None)
            self.encoders.pop(stream, None)
            return
        typed: Any = MAPPER.to_typed(event)
        if event.topic == ReviewProcessed.TOPIC:
            self.encoders[stream] = typed.embedding.encoder if typed.embedding else ""
            if stream in self.sampled:
                self.sampled[stream].processed = typed
        elif zlib.crc32(stream.bytes) < self.share * 2**32:
            text = f"{typed.title}\n{typed.content}" if typed.title else typed.content
            self.sampled[stream] = _Review(text, typed.source, typed.platform)


def read_corpus(
    log: EventLog,
    tenant_id: UUID,
    *,
    encoder: str | None = None,
    most: int = MOST,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Corpus:
    """The same sample for the same history: by the reviews' ids, so that one that was in it stays while it grows.

    Without `encoder`, the one with most reviews. Raises InvalidInput where no review has a vector.
    """
    known = log.count(topics={ReviewCollected.TOPIC}, tenant_id=tenant_id)
    reader = _Reader(min(1.0, most / max(known, 1)))
    of, done = log.count(topics=TOPICS, tenant_id=tenant_id), 0
    for page in log.scan(topics=TOPICS, tenant_id=tenant_id):
        for event in page:
            reader.take(event)
        done += len(page)
        progress(done, of)
    return _corpus(reader, encoder)


def _corpus(reader: _Reader, encoder: str | None) -> Corpus:
    counts = Counter(reader.encoders.values())
    without = counts.pop("", 0)
    if not counts:
        raise InvalidInput(
            f"reviews: none of {without} has a vector, which topics are found by: run workers with an encoder "
            "(docs/topics.md), and `reviewstream reprocess` what they analysed without one",
            field="reviews",
        )
    chosen = encoder or max(sorted(counts), key=lambda name: counts[name])
    if chosen not in counts:
        raise InvalidInput(
            f"reviews: none has a vector of {chosen} any more, which these topics are of: find topics by the vectors "
            "that there are now with `reviewstream topics fit --anew`",
            field="reviews",
        )
    reviews = {i: each for i, each in reader.sampled.items() if _encoder(each) == chosen}
    ordered = sorted(reviews.items())
    sample = Sample(
        ids=tuple(str(i) for i, _ in ordered),
        vectors=tuple(_vector(each) for _, each in ordered),
        texts=tuple(each.text for _, each in ordered),
        languages=tuple(each.processed.language if each.processed else "" for _, each in ordered),
        unwanted=frozenset(name for _, each in ordered for name in (each.source, each.platform) if name),
    )
    return Corpus(chosen, sample, counts[chosen], without, sum(counts.values()) - counts[chosen])


def _encoder(review: _Review) -> str | None:
    return review.processed.embedding.encoder if review.processed and review.processed.embedding else None


def _vector(review: _Review) -> bytes:
    assert review.processed is not None
    assert review.processed.embedding is not None
    return review.processed.embedding.vector
