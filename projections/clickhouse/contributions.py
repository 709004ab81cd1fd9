"""What one analytics event adds and withdraws, checked before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from eventstore.model import RecordedEvent
from eventstore.parking import PoisonEvent
from projections.decoder import Decoded, Decoder, Record
from schemas.events.review import AnalyticsRolledBack, AnalyticsUpdated, FactsCorrected, ReviewWithdrawn, TopicsAssigned

COUNTING = frozenset({AnalyticsUpdated.TOPIC, FactsCorrected.TOPIC, TopicsAssigned.TOPIC})
WITHDRAWING = frozenset({AnalyticsRolledBack.TOPIC, ReviewWithdrawn.TOPIC})
TOPICS = COUNTING | WITHDRAWING
LABELS = ("positive", "neutral", "negative", "undetermined")
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2100, 12, 31)


class Signed(NamedTuple):
    """A contribution that counts (+1) or is withdrawn (-1)."""

    sign: int
    what: Record


def before_and_after(decoded: Decoded) -> tuple[Record | None, Record | None]:
    """What a review counted for before the event, as far as that changes, and what it counts for from then on."""
    event = decoded.event
    if decoded.at.topic in WITHDRAWING:
        return event["withdrawn"], None
    if decoded.at.topic not in COUNTING:
        return None, None
    return event["replaces"], event["contribution"]


def signed(decoded: Decoded) -> Iterator[Signed]:
    """The changes of the rollups that an event means; none for a correction or withdrawal of what did not count."""
    before, after = before_and_after(decoded)
    if before is not None:
        yield Signed(-1, before)
    if after is not None:
        yield Signed(+1, after)


def checked(decoder: Decoder, events: Sequence[RecordedEvent]) -> tuple[list[Decoded], list[PoisonEvent]]:
    """The events that change sums, and those that cannot be summed, each by position."""
    decoded, poison = decoder(events, TOPICS)
    good: list[Decoded] = []
    for one in decoded:
        try:
            check(one)
            if any(before_and_after(one)):
                good.append(one)
        except ValueError as error:
            poison.append(PoisonEvent(one.at, f"refused: {error}"))
    return good, sorted(poison, key=lambda one: one.event.position)


def check(decoded: Decoded) -> None:
    """Raises ValueError for values that ClickHouse would clamp or wrap, or that would poison its sums."""
    for _, what in signed(decoded):
        if not FIRST_DAY <= what["date"] <= LAST_DAY:
            raise ValueError("date: outside of 1970-01-01 to 2100-12-31")
        if what["label"] not in LABELS:
            raise ValueError(f"label: none of {', '.join(LABELS)}")
        _check_number("score", what["score"], -1, 1)
        _check_number("rating", what["rating"], 0, 99)
        for topic in what["topics"]:
            _check_number("topic confidence", topic["confidence"], 0, 1)


def _check_number(name: str, value: float | None, lowest: float, highest: float) -> None:
    if value is not None and not lowest <= value <= highest:
        raise ValueError(f"{name}: not between {lowest} and {highest}")
