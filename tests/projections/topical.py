"""Histories of reviews with vectors, on a real log."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from eventstore.model import NewEvent
from nlp.topics.model import Sample
from schemas import codec
from schemas.parts import Embedding
from tests.nlp.topics.making import sample
from tests.projections.making import ACME, History, Review

ENCODER = "an encoder"


def vectored(history: History, review: Review, vector: bytes | None, encoder: str = ENCODER) -> Review:
    """The review's last event, which is its analysis, with a vector."""
    last: NewEvent = history.made[-1]
    event: Any = replace(codec.decode(last.state), embedding=Embedding(encoder, vector) if vector else None)
    history.made[-1] = replace(last, state=codec.encode(event))
    return review


def told(history: History, made: Sample, *, tenant: UUID = ACME, encoder: str = ENCODER) -> list[Review]:
    """Whole reviews with the sample's texts and vectors."""
    reviews = []
    for name, text, vector in zip(made.ids, made.texts, made.vectors, strict=True):
        review = history.review(name, tenant=tenant, content=text).collected().stored().processed()
        vectored(history, review, vector, encoder)
        reviews.append(review.sentiment().updated().notified())
    return reviews


def reviews(history: History, count: int = 80, *, first: int = 0, **options: Any) -> list[Review]:
    """Whole reviews about four things."""
    return told(history, sample(count, first=first), **options)
