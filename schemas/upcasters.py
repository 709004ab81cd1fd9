"""Chained upcasters: a record of version n becomes one of version n + 1, purely.

Register one with `@upcaster("review.collected", 1)`; the codec applies the chain up to the newest version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from schemas.errors import UnknownSchema

Record: TypeAlias = dict[str, Any]
Upcaster: TypeAlias = Callable[[Record], Record]
UPCASTERS: dict[tuple[str, int], Upcaster] = {}


def upcaster(topic: str, version: int) -> Callable[[Upcaster], Upcaster]:
    """Register a function from records of `version` to records of the next version."""

    def register(function: Upcaster) -> Upcaster:
        UPCASTERS[topic, version] = function
        return function

    return register


def upcast(
    topic: str, version: int, newest: int, record: Record, chain: Mapping[tuple[str, int], Upcaster] = UPCASTERS
) -> Record:
    """The record as the newest version has it. Raises UnknownSchema when a link of the chain is missing."""
    for step in range(version, newest):
        try:
            link = chain[topic, step]
        except KeyError:
            raise UnknownSchema(
                f"no upcaster leads from {topic} v{step} to v{step + 1}; add one in schemas/upcasters.py",
                field="version",
                reason="missing_upcaster",
            ) from None
        record = link(record)
    return record


@upcaster("review.reprocessing_requested", 1)
def _of_no_run(record: Record) -> Record:
    """Version 1 did not record which run requested it, nor what it replaced."""
    return {**record, "run_id": None, "replaces": None}


@upcaster("review.subscribers_notified", 1)
def _nothing_given_up(record: Record) -> Record:
    """Version 1 was written only once every channel had confirmed."""
    return {**record, "given_up": []}


@upcaster("review.marked_for_retry", 1)
def _of_no_notification(record: Record) -> Record:
    """Version 1 knew nothing of single notifications: all were tried again."""
    return {**record, "delivered": [], "given_up": [], "pending": []}


@upcaster("inbound.review", 1)
def _with_words(record: Record) -> Record:
    """Version 1 had no null for a rating without words: those have an empty content."""
    return dict(record)


@upcaster("review.processed", 1)
def _without_encoder(record: Record) -> Record:
    """Version 1 knew no aspects, and no vectors."""
    return {**record, "aspects": [], "embedding": None}


@upcaster("review.sentiment_analyzed", 1)
def _without_probability(record: Record) -> Record:
    """Version 1 was made by a lexicon alone."""
    return {**record, "probability": None, "sentences": []}
