"""Judges days and appends what follows. Judging a day again, by whomever and at the same time, adds nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from aggregates.alarm.alarm import AlarmedSeries, close_alarm, folded, raise_alarm
from aggregates.ids import alarm_event_id
from eventstore.log import EventLog
from eventstore.mapper import Mapper
from operations.alarms.evidence import found
from operations.alarms.judging import Decision, Judge, Question
from operations.alarms.watched import Task, watch
from projections.queries.alarm_numbers import AlarmNumbers
from schemas.errors import Unavailable
from schemas.events.alarm import AlarmClosed, AlarmRaised
from services.alarms.watched import Raised

HISTORY = timedelta(days=430)
LATE = timedelta(days=2)
"""Reviews come late, so the number of all reviews of a day is judged so much later: a drop might be a delay."""
AlarmEvent: TypeAlias = AlarmRaised | AlarmClosed


@dataclass(slots=True)
class Outcome:
    """What one tenant's look decided; `watched` series, `left_out` sources and topics beyond the limits."""

    watched: int = 0
    left_out: int = 0
    raised: list[AlarmRaised] = field(default_factory=list)
    closed: list[AlarmClosed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AlarmDetection:
    """Reads numbers from `numbers`, states from `log`, and appends to it; `judge` may run in another process."""

    log: EventLog
    numbers: AlarmNumbers
    judge: Judge
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def check_level(self, day: date) -> None:
        """Raises Unavailable while the numbers lack events that were recorded before the end of the day."""
        end = datetime.combine(day + timedelta(days=1), time.min, UTC)
        reached, wanted = self.numbers.position(), self.log.position_at(end)
        if reached < wanted:
            raise Unavailable(
                f"the analytics are at position {reached}, and {day} ended at {wanted}: its numbers are not complete; wait "
                "until `reviewstream status` shows no lag, then look again"
            )

    def look(self, tenant: UUID, since: date, until: date, *, dry_run: bool = False) -> Outcome:
        """Judge the days from `since` to `until`, one after the other, for every series of the tenant."""
        begin = since - HISTORY
        sources = self.numbers.by_source(tenant, begin, until)
        seen = watch(tenant, sources, self.numbers.by_topic(tenant, begin, until), until)
        states = self._states([task.stream for task in seen.tasks])
        questions = [_question(task, states[task.stream], since, until) for task in seen.tasks]
        outcome = Outcome(len(seen.tasks), seen.left_out)
        for task, decisions in zip(seen.tasks, self.judge(questions), strict=True):
            self._record(tenant, task, states[task.stream], decisions, outcome, dry_run=dry_run)
        return outcome

    def _states(self, streams: Iterable[UUID]) -> dict[UUID, AlarmedSeries]:
        mapper = Mapper()
        events = self.log.read_streams(list(streams))
        return {stream: folded(stream, map(mapper.to_typed, of)) for stream, of in events.items()}

    def _record(
        self, tenant: UUID, task: Task, state: AlarmedSeries, decisions: Sequence[Decision], outcome: Outcome, *, dry_run: bool
    ) -> None:  # fmt: skip
        """Each decision by itself; from the first that another process forestalled on, none of this series."""
        for decision in decisions:
            for event in self._events(tenant, task, state, decision):
                if not dry_run and not self._appended(tenant, state, event):
                    return
                state = state.then(event)
                into: list[Any] = outcome.raised if isinstance(event, AlarmRaised) else outcome.closed
                into.append(event)

    def _events(self, tenant: UUID, task: Task, state: AlarmedSeries, decision: Decision) -> Sequence[AlarmEvent]:
        if isinstance(decision, Raised):
            return raise_alarm(state, found(self.numbers, tenant, task, decision), now=self.now())
        return close_alarm(state, decision.day, decision.reason, now=self.now())

    def _appended(self, tenant: UUID, state: AlarmedSeries, event: AlarmEvent) -> bool:
        event_id = alarm_event_id(state.id, event.TOPIC, event.day.isoformat())
        new = Mapper().to_new(
            event, tenant_id=tenant, stream_id=state.id, version=state.version + 1, event_id=event_id,
            correlation_id=UUID(event.alarm_id),
        )  # fmt: skip
        return self.log.append([new]).appended == 1


def _question(task: Task, state: AlarmedSeries, since: date, until: date) -> Question:
    late = LATE if task.watched.measure == "reviews" else timedelta()
    return Question(task.series, task.watched, state.alarms, since - late, until - late)
