"""Which fields hold personal data. A new field is a decision: it is listed here or it stays out of this list."""

from __future__ import annotations

from schemas.registry import contracts
from tests.schemas.avro import fields_below

COLLECTED = {
    "title": "free_text",
    "content": "free_text",
    "author.name": "name",
    "author.id": "identifier",
    "url": "identifier",
    "metadata": "free_text",
}
INBOUND = {
    "title": "free_text",
    "content": "free_text",
    "author_name": "name",
    "author_id": "identifier",
    "url": "identifier",
    "metadata": "free_text",
}
MARKED = {
    "review.collected.v1": COLLECTED,
    "review.revised.v1": COLLECTED,
    "review.facts_corrected.v1": {name: kind for name, kind in COLLECTED.items() if name not in {"title", "content"}},
    "review.processed.v1": {"entities.text": "free_text", "keywords.text": "free_text"},
    "review.sentiment_analyzed.v1": {"evidence.text": "free_text"},
    "alarm.raised.v1": {"drivers.text": "free_text"},
    "review.processed.v2": {
        "entities.text": "free_text",
        "keywords.text": "free_text",
        "aspects.text": "free_text",
        "aspects.term": "free_text",
        "embedding.vector": "free_text",
    },
    "review.sentiment_analyzed.v2": {"evidence.text": "free_text", "sentences.text": "free_text"},
    "review.label_disputed.v1": {"given": "free_text", "right": "free_text", "who": "identifier", "note": "free_text"},
    "review.dispute_withdrawn.v1": {"given": "free_text", "who": "identifier"},
    "calibration.changed.v1": {"who": "identifier", "reason": "free_text"},
    "inbound.review.v1": INBOUND,
    "inbound.review.v2": INBOUND,
    "deadletter.message.v1": {"payload": "free_text"},
}
UNDELIVERED = ("notification_id", "channel", "rule", "attempts", "reason", "detail", "not_before")
CONTRIBUTION = (
    "date",
    "source",
    "platform",
    "label",
    "score",
    "rating",
    "language",
    "topics",
    "topics.topic_id",
    "topics.confidence",
)
TOPIC = (
    "topic_id", "name", "keywords", "size", "coherence", "stability", "centre", "hidden", "pinned", "merged_into",
    "parent", "divided", "examples",
)  # fmt: skip
UNMARKED = {
    "review.collected.v1": {
        "source", "platform", "external_id", "revision", "content_hash", "rating", "rating_given", "rating_best",
        "rating_worst", "author", "published_at", "language_hint", "collected_at", "run_id",
    },
    "review.revised.v1": {
        "source", "platform", "external_id", "revision", "content_hash", "rating", "rating_given", "rating_best",
        "rating_worst", "author", "published_at", "language_hint", "collected_at", "run_id", "previous_content_hash",
    },
    "review.facts_corrected.v1": {
        "revision", "correction", "facts_hash", "platform", "rating_given", "rating_best", "rating_worst", "author",
        "published_at", "language_hint", "contribution", *(f"contribution.{name}" for name in CONTRIBUTION), "replaces",
        "processing_version", "corrected_at", "run_id",
    },
    "review.withdrawn.v1": {
        "revision", "withdrawn", *(f"withdrawn.{name}" for name in CONTRIBUTION), "withdrawn_at", "run_id",
    },
    "review.label_disputed.v1": {"revision", "number", "field", "processing_version", "disputed_at"},
    "review.dispute_withdrawn.v1": {"revision", "number", "field", "withdrawn_at"},
    "calibration.changed.v1": {
        "number", "method", "base_version", "inputs", "outputs", "negative_below", "positive_from", "truth", "reviews",
        "error_before", "error_after", "changed_at",
    },
    "review.raw_stored.v1": {"revision", "raw_review_id", "stored_at"},
    "review.processed.v1": {
        "revision", "processing_version", "language", "language_confidence", "analyzers", "entities", "entities.type",
        "entities.salience", "entities.sentiment", "entities.mentions", "entities.mentions.start",
        "entities.mentions.end", "keywords", "keywords.relevance", "keywords.mentions", "characters_analyzed",
        "truncated", "processed_at",
    },
    "review.sentiment_analyzed.v1": {
        "revision", "processing_version", "analyzer", "score", "label", "positive", "neutral", "negative", "evidence",
        "evidence.start", "evidence.end", "evidence.valence", "processed_at",
    },
    "review.processed.v2": {
        "revision", "processing_version", "language", "language_confidence", "analyzers", "entities", "entities.type",
        "entities.salience", "entities.sentiment", "entities.mentions", "entities.mentions.start",
        "entities.mentions.end", "keywords", "keywords.relevance", "keywords.mentions", "characters_analyzed",
        "truncated", "aspects", "aspects.label", "aspects.probability", "aspects.at", "aspects.clause", "embedding",
        "embedding.encoder", "processed_at",
    },
    "review.sentiment_analyzed.v2": {
        "revision", "processing_version", "analyzer", "score", "label", "positive", "neutral", "negative", "evidence",
        "evidence.start", "evidence.end", "evidence.valence", "probability", "sentences", "sentences.start",
        "sentences.end", "sentences.weight", "processed_at",
    },
    "review.analytics_updated.v1": {
        "revision", "processing_version", "contribution", "contribution.date", "contribution.source",
        "contribution.platform", "contribution.label", "contribution.score", "contribution.rating",
        "contribution.language", "contribution.topics", "contribution.topics.topic_id",
        "contribution.topics.confidence", "replaces", "updated_at",
    },
    "review.subscribers_notified.v1": {
        "revision", "notifications", "notifications.notification_id", "notifications.channel", "notifications.rule",
        "suppressed", "notified_at",
    },
    "review.subscribers_notified.v2": {
        "revision", "notifications", "notifications.notification_id", "notifications.channel", "notifications.rule",
        "suppressed", "notified_at", "given_up", *(f"given_up.{name}" for name in UNDELIVERED),
    },
    "review.step_failed.v1": {"revision", "step", "attempt", "error_type", "error", "failed_at"},
    "review.analytics_rolled_back.v1": {
        "revision", "attempt", "withdrawn", "withdrawn.date", "withdrawn.source", "withdrawn.platform",
        "withdrawn.label", "withdrawn.score", "withdrawn.rating", "withdrawn.language", "withdrawn.topics",
        "withdrawn.topics.topic_id", "withdrawn.topics.confidence", "rolled_back_at",
    },
    "review.marked_for_retry.v1": {"revision", "step", "attempt", "not_before", "marked_at"},
    "review.marked_for_retry.v2": {
        "revision", "step", "attempt", "not_before", "marked_at", "delivered", "delivered.notification_id",
        "delivered.channel", "delivered.rule", "given_up", *(f"given_up.{name}" for name in UNDELIVERED),
        "pending",
    },
    "review.topics_assigned.v1": {
        "revision", "model_version", "processing_version", "contribution",
        *(f"contribution.{name}" for name in CONTRIBUTION), "replaces", "assigned_at",
    },
    "topic_model.fitted.v1": {
        "fit", "warm", "encoder", "topics", *(f"topics.{name}" for name in TOPIC), "tried", "tried.topics",
        "tried.coherence", "tried.stability", "why", "sharpness", "least_confidence", "least_cosine", "reviews",
        "sampled", "without_vector", "other_encoder", "kept", "fitted_by", "fitted_at",
    },
    "topic_model.edited.v1": {
        "edit", "kind", "undoes", "changes", "changes.topic_id", "changes.before",
        *(f"changes.before.{name}" for name in TOPIC), "changes.after", "edited_by", "edited_at",
    },
    "review.abandoned.v1": {"revision", "step", "attempts", "reason", "abandoned_at"},
    "review.reprocessing_requested.v1": {"revision", "processing_version", "reason", "requested_at"},
    "review.reprocessing_requested.v2": {
        "revision", "processing_version", "reason", "requested_at", "run_id", "replaces",
    },
    "alarm.raised.v1": {
        "alarm_id", "measure", "source", "topic", "kind", "direction", "first_day", "day", "observed", "expected", "reviews",
        "surprise", "drivers", "drivers.kind", "drivers.reviews", "drivers.expected", "drivers.strength", "review_ids",
        "raised_at",
    },
    "alarm.closed.v1": {"alarm_id", "day", "reason", "closed_at"},
    "inbound.review.v1": {
        "source", "platform", "external_id", "rating", "best_rating", "worst_rating", "published_at", "language",
    },
    "inbound.review.v2": {
        "source", "platform", "external_id", "rating", "best_rating", "worst_rating", "published_at", "language",
    },
    "step.batch.v1": {
        "items", "items.position", "items.tenant_id", "items.stream_id", "items.version", "items.event_id",
        "items.correlation_id",
    },
    "notification.review.v1": {
        "notification_id", "tenant", "review_id", "revision", "rule", "source", "external_id", "rating", "label",
        "score", "occurred_at",
    },
    "deadletter.message.v1": {
        "dead_letter_id", "tenant", "stage", "reason", "field", "error", "origin_topic", "origin_partition",
        "origin_offset", "origin_item", "review_id", "run_id", "line", "headers", "dead_lettered_at",
    },
}  # fmt: skip


def test_exactly_these_fields_are_marked_as_personal_data():
    marked = {
        f"{contract.topic}.v{contract.version}": {
            path: field["personal_data"] for path, field in fields_below(contract.source) if "personal_data" in field
        }
        for contract in contracts().values()
    }
    assert {name: fields for name, fields in marked.items() if fields} == MARKED


def test_every_other_field_was_decided_to_hold_none():
    unmarked = {
        f"{contract.topic}.v{contract.version}": {
            path for path, field in fields_below(contract.source) if "personal_data" not in field
        }
        for contract in contracts().values()
    }
    assert unmarked == UNMARKED
