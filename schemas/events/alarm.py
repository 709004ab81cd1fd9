"""The events of an alarm, typed. Its stream is that of the watched series, which has one open alarm at most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from schemas.parts import AlarmDriver


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRaised:
    """What came in from `first_day` to `day` was too unlikely to be chance."""

    TOPIC: ClassVar[str] = "alarm.raised"
    alarm_id: str
    measure: str
    source: str = ""
    topic: str = ""
    kind: str
    direction: str
    first_day: date
    day: date
    observed: float
    expected: float
    reviews: int
    surprise: float
    drivers: tuple[AlarmDriver, ...] = ()
    review_ids: tuple[str, ...]
    raised_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmClosed:
    """The alarm is over: days as usual, or its level is what is usual now."""

    TOPIC: ClassVar[str] = "alarm.closed"
    alarm_id: str
    day: date
    reason: str
    closed_at: datetime
