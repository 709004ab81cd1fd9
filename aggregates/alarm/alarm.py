"""The alarms of one series, folded from its stream, and the commands that answer with events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from aggregates.ids import alarm_id
from schemas.errors import NotAllowed
from schemas.events.alarm import AlarmClosed, AlarmRaised
from schemas.parts import AlarmDriver

NEW_LEVEL = "new_level"


class Past(NamedTuple):
    """An alarm: its first day, the one that raised it, the last one (None while it is open); whether its level is normal now."""

    first: date
    raised: date
    last: date | None = None
    lasting: bool = False

    @property
    def settled(self) -> date:
        """What happened up to this day decides nothing any more."""
        return self.last or self.raised


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an alarm says, without its name."""

    measure: str
    source: str
    topic: str
    kind: str
    direction: str
    first_day: date
    day: date
    observed: float
    expected: float
    reviews: int
    surprise: float
    drivers: tuple[AlarmDriver, ...]
    review_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlarmedSeries:
    """The state of a series' stream; `version` is that of its last event."""

    id: UUID
    version: int = 0
    alarms: tuple[Past, ...] = ()

    @property
    def open(self) -> Past | None:
        """The alarm that is open, if one is."""
        return self.alarms[-1] if self.alarms and self.alarms[-1].last is None else None

    def then(self, event: Any) -> AlarmedSeries:
        """The state after one more event."""
        if isinstance(event, AlarmRaised):
            alarms = (*self.alarms, Past(event.first_day, event.day))
        else:
            over = self.alarms[-1]._replace(last=event.day, lasting=event.reason == NEW_LEVEL)
            alarms = (*self.alarms[:-1], over)
        return replace(self, version=self.version + 1, alarms=alarms)


def folded(stream_id: UUID, events: Iterable[Any]) -> AlarmedSeries:
    """The state after these events, the stream's from its beginning."""
    state = AlarmedSeries(stream_id)
    for event in events:
        state = state.then(event)
    return state


def raise_alarm(series: AlarmedSeries, found: Found, *, now: datetime) -> tuple[AlarmRaised, ...]:
    """Nothing where that day is settled. Raises NotAllowed while an alarm is open."""
    if series.alarms and found.day <= series.alarms[-1].settled:
        return ()
    if series.open:
        raise NotAllowed("the series has an open alarm: it is closed before another one is raised")
    names = {name: getattr(found, name) for name in Found.__slots__}
    return (AlarmRaised(alarm_id=str(alarm_id(series.id, found.day.isoformat())), **names, raised_at=now),)


def close_alarm(series: AlarmedSeries, day: date, reason: str, *, now: datetime) -> tuple[AlarmClosed, ...]:
    """Nothing where no alarm is open, or that day is settled."""
    if series.open is None or day <= series.open.settled:
        return ()
    name = alarm_id(series.id, series.open.raised.isoformat())
    return (AlarmClosed(alarm_id=str(name), day=day, reason=reason, closed_at=now),)
