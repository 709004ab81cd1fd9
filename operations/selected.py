"""What an operator selected, counted, so that it can be shown before it is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from eventstore.parking import ParkedStream
from services.dead_letters.records import StoredDeadLetter


@dataclass(frozen=True, slots=True)
class Count:
    """So many of one tenant, at one stage, for one reason. `tenant` is an id, None where no tenant is registered."""

    tenant: str | None
    stage: str
    reason: str
    count: int


def counted(found: Iterable[StoredDeadLetter | ParkedStream]) -> list[Count]:
    """The largest count first. A parked stream's stage names who parked it, its reason is the error."""
    counts = Counter(map(_key, found))
    return [Count(*key, count) for key, count in sorted(counts.items(), key=lambda each: (-each[1], str(each[0])))]


def _key(one: StoredDeadLetter | ParkedStream) -> tuple[str | None, str, str]:
    if isinstance(one, ParkedStream):
        return str(one.tenant_id), f"{one.stage} {one.name}", one.error
    return one.tenant, one.stage, one.reason
