"""One channel behind threads of its own: whatever it does, nothing waits for it beyond its deadline."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from schemas.messages import Notification
from services.notifications.answers import answers
from services.notifications.channel import Channel, Outcome, RetryLater
from telemetry.metrics import NOTIFICATIONS_PUT_OFF
from telemetry.progress import beat

REMEMBERED = 10_000
BEAT_EVERY = 1.0
Found = dict[str, Outcome]
"""Outcomes by the notifications' ids."""


@dataclass(eq=False)
class Call:
    """Notifications for one destination, on their way. `handed_out` is how many answers were taken at the deadline."""

    destination: str
    notifications: Sequence[Notification]
    waited_for: bool
    answers: list[Outcome] = field(default_factory=list)
    begun: float | None = None
    finished: bool = False
    handed_out: int | None = None
    future: Future[None] | None = None

    def found(self) -> Found:
        """What is answered by now."""
        return {each.notification_id: found for each, found in zip(self.notifications, self.answers, strict=False)}

    def unanswered(self, reason: str, text: str) -> Found:
        """All that is not answered by now, to be tried again later."""
        rest = self.notifications[len(self.answers) :]
        return {each.notification_id: RetryLater(reason, text) for each in rest}


@dataclass(frozen=True, slots=True)
class Round:
    """One batch on one channel: what is known at once, and the calls that it waits for until `until` (monotonic)."""

    until: float
    known: Found
    calls: Sequence[Call]


class Bulkhead:
    """`submit` begins a batch, `collect` is back with all of its outcomes at the deadline at the latest.

    A destination is a tenant, or all of them where the channel's limits say so. It has one call at a time. One that
    missed its deadline is called as before, but not waited for until it has answered in time again: it costs the
    others one deadline, not one a batch. What is answered late is remembered, to be known on the retry.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel, self._limits = channel, channel.limits
        self._threads = ThreadPoolExecutor(self._limits.threads, thread_name_prefix=f"channel-{channel.name}")
        self._lock = threading.Lock()
        self._calls: dict[str, Call] = {}
        self._slow: set[str] = set()
        self._late: OrderedDict[str, Outcome] = OrderedDict()

    def close(self) -> None:
        """Take no more. A call that hangs is left to the end of the process."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    @property
    def in_flight(self) -> int:
        """Calls that have not ended, waited for or not."""
        with self._lock:
            return len(self._calls)

    def submit(self, notifications: Sequence[Notification]) -> Round:
        """Begin whatever can be begun; does not block."""
        with self._lock:
            known = {each.notification_id: self._late.pop(each.notification_id) for each in notifications
                     if each.notification_id in self._late}  # fmt: skip
            calls: list[Call] = []
            for destination, group in self._grouped(notifications, known).items():
                if refused := self._refused(destination):
                    known |= self._put_off(Call(destination, group, waited_for=False), *refused)
                else:
                    calls.append(self._begin(destination, group))
        return Round(time.monotonic() + self._limits.deadline, known, calls)

    def collect(self, begun: Round) -> Found:
        """Wait for the answers; who has none by the deadline is to be tried again later."""
        futures = [call.future for call in begun.calls if call.waited_for and call.future is not None]
        while futures and (left := begun.until - time.monotonic()) > 0:
            futures = list(wait(futures, min(left, BEAT_EVERY)).not_done)
            beat("notify")  # bounded by the deadline: a worker that waits for a channel does not stand still
        with self._lock:
            return begun.known | {name: each for call in begun.calls for name, each in self._taken(call).items()}

    def _grouped(
        self, notifications: Sequence[Notification], known: Mapping[str, Outcome]
    ) -> dict[str, list[Notification]]:
        groups: dict[str, list[Notification]] = defaultdict(list)
        for each in notifications:
            if each.notification_id not in known:
                groups[each.tenant if self._limits.by_tenant else ""].append(each)
        return groups

    def _refused(self, destination: str) -> tuple[str, str] | None:
        if destination in self._calls:
            return "busy", "the call before has not ended"
        overdue = sum(call.begun is not None and call.handed_out is not None for call in self._calls.values())
        return ("channel_full", "all threads of the channel are taken") if overdue >= self._limits.threads else None

    def _begin(self, destination: str, notifications: Sequence[Notification]) -> Call:
        call = Call(destination, notifications, waited_for=destination not in self._slow)
        self._calls[destination] = call
        call.future = self._threads.submit(self._run, call)
        return call

    def _run(self, call: Call) -> None:
        call.begun = time.monotonic()
        try:
            for answer in answers(self._channel, call.notifications):
                call.answers.append(answer)
        finally:
            with self._lock:
                self._finish(call, time.monotonic() - call.begun)

    def _finish(self, call: Call, seconds: float) -> None:
        call.finished = True
        del self._calls[call.destination]
        if seconds <= self._limits.deadline:
            self._slow.discard(call.destination)
        if call.handed_out is not None:
            self._remember(call, call.handed_out)

    def _remember(self, call: Call, after: int) -> None:
        late = zip(call.notifications[after:], call.answers[after:], strict=False)
        self._late.update({each.notification_id: found for each, found in late if not isinstance(found, RetryLater)})
        while len(self._late) > REMEMBERED:
            self._late.popitem(last=False)

    def _taken(self, call: Call) -> Found:
        if call.finished:
            return call.found() | call.unanswered("no_answer", "the channel ended without an answer for it")
        if call.waited_for and call.future is not None and call.future.cancel():
            del self._calls[call.destination]
            return self._put_off(call, "channel_full", "all threads of the channel were taken")
        call.handed_out = len(call.answers)
        self._slow.add(call.destination)
        return call.found() | call.unanswered("timed_out", f"no answer within {self._limits.deadline:g} s")

    def _put_off(self, call: Call, reason: str, text: str) -> Found:
        NOTIFICATIONS_PUT_OFF.labels(self._channel.name, reason).inc(len(call.notifications))
        return call.unanswered(reason, text)
