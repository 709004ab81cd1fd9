"""What of a result people may call wrong, and when two of them speak of the same."""

from __future__ import annotations

from typing import TypeAlias

from schemas.events import review as ev

LABELS = ("positive", "neutral", "negative", "undetermined")
SINGLE = frozenset({"label", "language"})
"""Fields of which a result has one; of the others it has several, and which one is meant is part of what is said."""
FIELDS = ("label", "language", "entity", "keyword", "topic", "aspect")

Subject: TypeAlias = tuple[str, str, str]


def subject(event: ev.LabelDisputed | ev.DisputeWithdrawn) -> Subject:
    """What an event speaks of, and by whom: a later one with the same subject replaces it."""
    return subject_of(event.field, event.given, event.who)


def subject_of(field: str, given: str | None, who: str) -> Subject:
    """Of a single field, whatever the result said at the time; of the others, the one that is meant, in any case."""
    return field, "" if field in SINGLE else (given or "").casefold(), who
