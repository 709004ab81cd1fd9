"""Invented records of any contract, the same each time: the content of golden files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from schemas.fields import named
from schemas.registry import Contract

NOW = datetime(2026, 3, 1, 9, 30, 0, 250_000, tzinfo=UTC)
SAMPLES: Mapping[str, Any] = {
    "analyzers": {"sentiment": "vaderSentiment 3.3.2", "entities": "en_core_web_sm 3.8.0"},
    "analyzer": "vaderSentiment 3.3.2", "attempt": 1, "attempts": 5, "best_rating": 5.0, "channel": "kafka",
    "characters_analyzed": 49, "content": "The soup was warm and the waiter in Utrecht kind.",
    "content_hash": "9f" * 32, "date": date(2026, 2, 27), "end": 43, "error": "no analyzer answered within 60 s",
    "error_type": "TransientError", "external_id": "r-1001", "field": "rating", "id": "guest-7", "label": "positive",
    "language": "en", "language_confidence": 0.99, "language_hint": "en", "line": 12, "metadata": {"table": "4"},
    "name": "A Guest", "author_name": "A Guest", "author_id": "guest-7", "negative": 0.0, "neutral": 0.63,
    "notification_id": "6f1d8a52-5f0e-5a53-9d3c-0a3c4a7b9f10", "dead_letter_id": "0b8f9c1e-7d55-5c0b-8f4e-2f6f0f6f5a11",
    "origin_topic": "reviews.inbound", "origin_partition": 3, "origin_offset": 118, "payload": b'{"rating": 99}',
    "platform": "example_reviews", "positive": 0.37, "previous_content_hash": "4c" * 32, "processing_version": "1",
    "published_at": NOW - timedelta(days=2), "rating": 4.0, "rating_best": 5.0, "rating_given": 4.0, "rating_worst": 1.0,
    "raw_review_id": "5f1e2d3c4b5a69788796a5b4", "reason": "out_of_range", "relevance": 0.8, "review_id":
        "1c9d6a0e-32d8-5d63-9b2f-77a1b1e5f0aa", "rule": "rating<=2", "salience": 0.6, "score": 0.72, "sentiment": 0.4,
    "source": "harbour-kitchen", "stage": "inbound", "start": 36, "step": "nlp", "suppressed": None,
    "tenant": "6a1f0f0e-8d0b-5c6a-9e0e-5f5f7e1c2b3d", "text": "Utrecht", "title": "A fine lunch",
    "type": "GPE", "url": "https://reviews.example/r-1001", "valence": 1.3, "worst_rating": 1.0, "run_id": "run-2026-03-01",
    "replaces": None, "withdrawn_at": NOW, "headers": {"ce_type": "review.submitted", "ce_id": "1001"},
    "DeadLetter.error": "rating: 99.0 lies outside 1.0 to 5.0", "DeadLetter.review_id": None,
    "Keyword.text": "utrecht", "LexiconHit.text": "kind", "LexiconHit.start": 44,
    "LexiconHit.end": 48, "Notification.label": "negative", "Notification.rating": 2.0, "Notification.score": -0.46,
    "Notification.tenant": "harbour", "ReprocessingRequested.reason": "a better model of entities",
    "ReviewAbandoned.reason": "TransientError", "NotificationUndelivered.reason": "timed_out",
    "NotificationUndelivered.detail": "no answer within 5 s",
}  # fmt: skip
"""Sample values by field name or by Record.field, where the type allows it."""
FALLBACKS: Mapping[str, Any] = {
    "null": None, "string": "example", "boolean": False, "bytes": b"example", "double": 0.5, "float": 0.5, "int": 1,
    "long": 1,
}  # fmt: skip


def sample(contract: Contract) -> dict[str, Any]:
    """An invented record of that contract."""
    found: dict[str, Any] = _sample(contract.source, "", named(contract.source))
    return found


def _sample(kind: Any, name: str, types: Mapping[str, Any]) -> Any:
    """A value of a type for the field of that name, as Record.field."""
    if isinstance(kind, list):
        some = next((each for each in kind if each != "null"), "null")
        return None if _said(name, ...) is None else _sample(some, name, types)
    if isinstance(kind, str):
        return _sample(types[kind], name, types) if kind in types else _fitting(name, FALLBACKS[kind])
    if "logicalType" in kind:
        return _fitting(name, NOW.date() if kind["logicalType"] == "date" else NOW)
    return _complex(kind, name, types)


def _complex(kind: Mapping[str, Any], name: str, types: Mapping[str, Any]) -> Any:
    match kind["type"]:
        case "record":
            own = kind["name"]
            return {each["name"]: _sample(each["type"], f"{own}.{each['name']}", types) for each in kind["fields"]}
        case "array":
            return [_sample(kind["items"], name, types)]
        case "map":
            return _fitting(name, {"key": "value"})
        case "enum":
            return kind["symbols"][0]
    return bytes(range(kind["size"]))


def _fitting(name: str, fallback: Any) -> Any:
    """What is said under that name, if it is of the same type."""
    found = _said(name, fallback)
    if isinstance(fallback, str) and isinstance(found, date):
        return found.isoformat()
    return found if type(found) is type(fallback) else fallback


def _said(name: str, otherwise: Any) -> Any:
    return SAMPLES.get(name, SAMPLES.get(name.rpartition(".")[2], otherwise))
