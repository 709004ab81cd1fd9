"""The analytics facts that the events imply."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from projections.decoder import Decoded, Record
from projections.values import fixed
from projections.verify.tally import Tallies
from schemas.events.review import AnalyticsRolledBack, AnalyticsUpdated, FactsCorrected, ReviewWithdrawn, TopicsAssigned


@dataclass(slots=True)
class _Fact:
    tenant: UUID
    position: int
    what: Record


class FactsFold:
    """One record for each counted review."""

    name = "analytics"
    topics = frozenset(
        {
            AnalyticsUpdated.TOPIC, FactsCorrected.TOPIC, TopicsAssigned.TOPIC, AnalyticsRolledBack.TOPIC,
            ReviewWithdrawn.TOPIC,
        }
    )  # fmt: skip

    def __init__(self) -> None:
        self._facts: dict[UUID, _Fact] = {}

    def take(self, decoded: Decoded) -> None:
        """The last contribution counts, unless it was withdrawn; a correction may have none."""
        at, event = decoded
        if "contribution" in event:
            if event["contribution"] is None:
                return
            self._facts[at.stream_id] = _Fact(at.tenant_id, at.position, event["contribution"])
        else:
            self._facts.pop(at.stream_id, None)

    def result(self, into: Tallies) -> None:
        """Rows of review_facts."""
        for stream, fact in self._facts.items():
            what = fact.what
            origin = (what["source"], what["platform"], what["language"], what["label"])
            numbers = (_scaled(what["score"], 4), _scaled(what["rating"], 2), len(what["topics"]))
            into["review_facts", fact.tenant].add(stream, what["date"], *origin, *numbers, fact.position)


def _scaled(value: float | None, places: int) -> int | None:
    return None if value is None else int(fixed(value, places).scaleb(places))
