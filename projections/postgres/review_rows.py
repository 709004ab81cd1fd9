"""Rows of the reviews read model, in the order of the COPY statements."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

from psycopg.types.json import Jsonb

from projections.postgres.review_changes import Change
from projections.postgres.values import fixed, fixed_or_none, spans
from schemas.events import ReviewProcessed, SentimentAnalyzed
from schemas.record import to_record

Row: TypeAlias = tuple[Any, ...]
REVIEW = (
    *("uuid", "uuid", "text", "text", "text", "int4", "text", "text", "text", "numeric", "timestamptz"),
    *("text", "numeric", "numeric", "text", "numeric", "numeric", "numeric", "jsonb", "jsonb"),
    *("timestamptz", "text", "int8"),
)
ENTITY = ("uuid", "uuid", "text", "text", "numeric", "numeric", "jsonb", "int8")
KEYWORD = ("uuid", "uuid", "text", "numeric", "jsonb", "int8")


def review(change: Change) -> Row:
    """A whole row of processed_reviews; the results are null until they are known."""
    assert change.body is not None
    body = change.body.event
    processed = change.processed.event if change.processed else None
    return (
        *(change.review_id, change.tenant_id, body.source, body.platform, body.external_id, body.revision),
        *(body.title, body.content, body.author.name if body.author else None, fixed_or_none(body.rating, 2)),
        body.published_at,
        *((processed.language, fixed(processed.language_confidence, 4)) if processed else (None, None)),
        *(_sentiment(change.sentiment.event) if change.sentiment else (None,) * 6),
        _json(json.dumps(dict(processed.analyzers))) if processed else None,
        *_run(change),
        change.position,
    )


def _sentiment(found: SentimentAnalyzed) -> Row:
    shares = (fixed(found.positive, 4), fixed(found.neutral, 4), fixed(found.negative, 4))
    return (fixed_or_none(found.score, 2), found.label, *shares, _json(_evidence(found)))


def _evidence(found: SentimentAnalyzed) -> str:
    return json.dumps([to_record(hit) for hit in found.evidence])


def _run(change: Change) -> Row:
    """(processed_at, processing_version) of the newest result."""
    results = [result for result in (change.processed, change.sentiment) if result]
    if not results:
        return (None, None)
    newest = max(results, key=lambda result: result.at.position).event
    return (newest.processed_at, newest.processing_version)


def results(change: Change) -> dict[str, Any]:
    """The results alone, as JSON, for a row that stands already; what the batch does not know is left out."""
    at, version = _run(change)
    run = {"processed_at": at.isoformat(), "processing_version": version, "position": change.position}
    row = {"review_id": str(change.review_id), "revision": change.revision, **run}
    if change.processed:
        row |= _processed_json(change.processed.event)
    if change.sentiment:
        row |= _sentiment_json(change.sentiment.event)
    return row


def _processed_json(found: ReviewProcessed) -> dict[str, Any]:
    confidence = str(fixed(found.language_confidence, 4))
    return {"language": found.language, "language_confidence": confidence, "analyzers": dict(found.analyzers)}


def _sentiment_json(found: SentimentAnalyzed) -> dict[str, Any]:
    return {
        "sentiment_score": None if found.score is None else str(fixed(found.score, 2)),
        "sentiment_label": found.label,
        "sentiment_positive": str(fixed(found.positive, 4)),
        "sentiment_neutral": str(fixed(found.neutral, 4)),
        "sentiment_negative": str(fixed(found.negative, 4)),
        "evidence": [to_record(hit) for hit in found.evidence],
    }


def entities(change: Change) -> Iterator[Row]:
    """Rows of review_entities."""
    assert change.processed is not None
    position = change.processed.at.position
    for one in change.processed.event.entities:
        numbers = (fixed(one.salience, 2), fixed_or_none(one.sentiment, 2))
        mentions = _json(spans(one.mentions))
        yield (change.review_id, change.tenant_id, one.text, one.type, *numbers, mentions, position)


def keywords(change: Change) -> Iterator[Row]:
    """Rows of review_keywords."""
    assert change.processed is not None
    position = change.processed.at.position
    for one in change.processed.event.keywords:
        relevance, mentions = fixed(one.relevance, 4), _json(spans(one.mentions))
        yield (change.review_id, change.tenant_id, one.text, relevance, mentions, position)


def _json(text: str) -> Jsonb:
    return Jsonb(text, dumps=str)
