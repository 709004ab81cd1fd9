"""The reviews read model: current text and results, entities, keywords, aspects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from nlp.name_key import name_key
from projections.decoder import Decoded, Record
from projections.postgres.projector import Changes, to_json
from projections.postgres.review_changes import BODIES, Change, changes
from schemas.events.review import FactsCorrected, ReviewProcessed, ReviewWithdrawn, SentimentAnalyzed

FINDINGS = ("entities", "keywords", "aspects")


class ReviewsProjector:
    """Collected inserts, revised replaces and clears the results, results and corrections fill in, withdrawn deletes."""

    name: ClassVar[str] = "reviews"
    topics: ClassVar[frozenset[str]] = frozenset(
        {*BODIES, FactsCorrected.TOPIC, ReviewProcessed.TOPIC, SentimentAnalyzed.TOPIC, ReviewWithdrawn.TOPIC}
    )
    tables: ClassVar[tuple[str, ...]] = ("processed_reviews", "review_entities", "review_keywords", "review_aspects")
    statements: ClassVar[tuple[tuple[str, str], ...]] = (
        ("withdraw", "withdrawn"),
        ("update_results", "results"),
        ("update_facts", "facts"),
        ("upsert_reviews", "reviews"),
        ("replace_findings", "findings"),
    )

    def prepare(self, events: Sequence[Decoded]) -> Changes:
        """One pass in memory: the latest state of each review wins."""
        changed = changes(events)
        documents = {
            "withdrawn": [_ids(c) for c in changed if c.withdrawn],
            "results": [_ids(c) | _results(c) for c in changed if c.body is None and (c.processed or c.sentiment)],
            "facts": [_ids(c) | _facts(c) for c in changed if c.body is None and c.facts],
            "reviews": [_ids(c) | _body(c.body.event) | _facts(c) | _results(c) for c in changed if c.body is not None],
            "findings": [_findings(c) for c in changed if c.processed or (c.body and not c.fresh)],
        }
        return {name: to_json(those) for name, those in documents.items() if those}


def _ids(change: Change) -> Record:
    ids = {"review_id": str(change.review_id), "tenant_id": str(change.tenant_id)}
    return ids | {"revision": change.revision, "position": change.position}


def _body(body: Record) -> Record:
    names = ("source", "external_id", "title", "content", "rating")
    return {name: body[name] for name in names} | _shown(body)


def _facts(change: Change) -> Record:
    """What the batch's last correction says."""
    return {} if change.facts is None else _shown(change.facts.event)


def _shown(facts: Record) -> Record:
    """Of the facts that may be corrected, those that the read model has."""
    author = facts["author"]
    return {
        "platform": facts["platform"],
        "published_at": facts["published_at"],
        "author_name": author["name"] if author else None,
    }


def _results(change: Change) -> Record:
    """What the batch knows of the results."""
    known: Record = {}
    for result in sorted(filter(None, (change.processed, change.sentiment)), key=lambda r: r.at.position):
        known |= {name: result.event[name] for name in ("processed_at", "processing_version")}
        known |= _language(result.event) if result is change.processed else _sentiment(result.event)
    return known


def _language(found: Record) -> Record:
    return {name: found[name] for name in ("language", "language_confidence", "analyzers")}


def _sentiment(found: Record) -> Record:
    names = ("score", "label", "positive", "neutral", "negative", "probability")
    because = {name: found[name] for name in ("evidence", "sentences")}
    return {f"sentiment_{name}": found[name] for name in names} | because


def _findings(change: Change) -> Record:
    """Entities, keywords and aspects; none for a text that is new and not analysed yet."""
    document = _ids(change) | {"fresh": change.fresh}
    if change.processed is None:
        return document | {name: [] for name in FINDINGS}
    at, event = change.processed
    entities = [entity | {"key": name_key(entity["text"])} for entity in event["entities"]]
    found = {name: event[name] for name in FINDINGS} | {"entities": entities}
    return document | {"position": at.position} | found
