"""The events that the tables in ClickHouse are made of, checked before anything is written."""

from __future__ import annotations

from collections.abc import Sequence

from eventstore.model import RecordedEvent
from eventstore.parking import PoisonEvent
from projections.clickhouse import contributions, vectors
from projections.decoder import Decoded, Decoder

TOPICS = contributions.TOPICS | vectors.TOPICS


def accepted(decoder: Decoder, events: Sequence[RecordedEvent]) -> tuple[list[Decoded], list[PoisonEvent]]:
    """The events that change a table, and those that cannot be read or summed, each by position."""
    decoded, poison = decoder(events, TOPICS)
    good: list[Decoded] = []
    for one in decoded:
        try:
            contributions.check(one)
        except ValueError as error:
            poison.append(PoisonEvent(one.at, f"refused: {error}"))
            continue
        if one.at.topic in vectors.TOPICS or any(contributions.before_and_after(one)):
            good.append(vectors.lean(one))
    return good, sorted(poison, key=lambda one: one.event.position)
