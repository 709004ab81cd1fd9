"""The stream of a watched series: one open alarm at most, and what was decided stays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from aggregates.alarm.alarm import AlarmedSeries, Found, Past, close_alarm, folded, raise_alarm
from aggregates.ids import alarm_event_id, alarm_id, alarm_stream_id
from schemas.errors import NotAllowed

SERIES, NOW, DAY = uuid4(), datetime(2026, 3, 1, tzinfo=UTC), date(2026, 2, 20)


def found(day: date) -> Found:
    return Found(
        measure="negative", source="", topic="", kind="spike", direction="up", first_day=day, day=day, observed=9.0,
        expected=2.0, reviews=12, surprise=1e-5, drivers=(), review_ids=(),
    )  # fmt: skip


def told(*after: int) -> AlarmedSeries:
    """Raised on DAY, and closed or raised again on the days so many after it, in turn."""
    state = folded(SERIES, raise_alarm(AlarmedSeries(SERIES), found(DAY), now=NOW))
    for number in after:
        day = DAY + timedelta(days=number)
        made = (
            close_alarm(state, day, "back_to_normal", now=NOW)
            if state.open
            else raise_alarm(state, found(day), now=NOW)
        )
        state = state.then(made[0])
    return state


def test_an_alarm_opens_and_closes() -> None:
    assert told().open == Past(DAY, DAY)
    closed = told(4)
    assert (closed.open, closed.version) == (None, 2)
    assert closed.alarms == (Past(DAY, DAY, DAY + timedelta(days=4)),)
    assert told(4, 9).open == Past(DAY + timedelta(days=9), DAY + timedelta(days=9))


def test_a_second_alarm_is_refused_while_one_is_open() -> None:
    with pytest.raises(NotAllowed, match="open alarm"):
        raise_alarm(told(), found(DAY + timedelta(days=1)), now=NOW)


def test_settled_days_decide_nothing() -> None:
    assert raise_alarm(told(), found(DAY), now=NOW) == ()
    assert raise_alarm(told(4), found(DAY + timedelta(days=4)), now=NOW) == ()
    assert close_alarm(told(), DAY, "back_to_normal", now=NOW) == ()
    assert close_alarm(told(4), DAY + timedelta(days=6), "back_to_normal", now=NOW) == ()


def test_a_new_level_is_remembered() -> None:
    (event,) = close_alarm(told(), DAY + timedelta(days=28), "new_level", now=NOW)
    assert told().then(event).alarms[-1].lasting


def test_ids_are_those_of_the_series_and_the_day() -> None:
    (event,) = raise_alarm(AlarmedSeries(SERIES), found(DAY), now=NOW)
    assert UUID(event.alarm_id) == alarm_id(SERIES, "2026-02-20")
    tenant = uuid4()
    streams = {alarm_stream_id(tenant, "negative", *each) for each in (("", ""), ("a", ""), ("", "a"))}
    assert len(streams) == 3
    assert alarm_event_id(SERIES, "alarm.raised", "2026-02-20") != alarm_event_id(SERIES, "alarm.closed", "2026-02-20")
