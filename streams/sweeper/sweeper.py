"""The sweeper sends triggers again: for retries that are due, and for sagas that are stuck.

Repeats are harmless, because a step checks what the review waits for; so any number of sweepers may run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from connectors.retry import is_transient
from connectors.sender import Sender
from streams.publishers.publisher import step_work
from streams.sweeper.watermark import Progress, SagaReadModel, Trigger, WatermarkTracker
from streams.topics import step_topic
from telemetry.error_text import named_text

log = structlog.get_logger(__name__)
PAGE = 1_000
CLOCKS_APART = timedelta(minutes=1)
MOST_SENT = 20_000
"""How many triggers are in flight at a time; more would only queue."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A trigger in flight."""

    step: str
    review: UUID
    at: datetime


class Sweeper:
    """`deadlines` are seconds by step; `versions` are the newest ones of reviews in the log.

    A retry scheduled meanwhile cannot be due before the first backoff is over: so a `longest_pause` no longer
    than that misses none.
    """

    def __init__(
        self,
        read_model: SagaReadModel,
        progress: Progress,
        sender: Sender,
        *,
        partitions: int,
        published: Callable[[], int],
        versions: Callable[[Collection[UUID]], Mapping[UUID, int]],
        deadlines: Mapping[str, float],
        longest_pause: float,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._read_model, self._sender, self._partitions = read_model, sender, partitions
        self._versions, self._deadlines = versions, deadlines
        self._longest_pause, self._now = longest_pause, now
        self._watermarks = {step: WatermarkTracker(step_topic(step), progress, published) for step in deadlines}
        self._sent: dict[int, Sent] = {}

    def run(self, stop: threading.Event) -> None:
        """Sweep until `stop` is set; transient failures are retried in the next round."""
        while not stop.is_set():
            stop.wait(self._round())

    def sweep(self) -> int:
        """Send what is due; returns the number of triggers. Raises transient errors of the stores and of the broker."""
        now = self._now()
        self._tidy(now)
        count = self._all_pages(lambda: self._read_model.due_retries(now, besides=self._sent, limit=PAGE), now, "retry")
        for step in self._read_model.late_steps(self._deadlines, now):
            count += self._redrive(step, now)
        return count

    def pause(self) -> float:
        """Seconds until something may be due."""
        now = self._now()
        coming = self._read_model.next_retry(now)
        return self._longest_pause if coming is None else min(self._longest_pause, (coming - now).total_seconds())

    def _round(self) -> float:
        try:
            self.sweep()
            return self.pause()
        except Exception as error:
            if not is_transient(error):
                raise
            log.warning("sweeper.retrying", error=named_text(error), retry_seconds=self._longest_pause)
            return self._longest_pause

    def _redrive(self, step: str, now: datetime) -> int:
        reached = self._watermarks[step].observe(now)
        if reached is None:
            return 0
        # The second bound follows from the position, up to the difference of clocks; it avoids scanning the backlog.
        before = min(now - timedelta(seconds=self._deadlines[step]), reached.at + CLOCKS_APART)

        def page() -> Sequence[Trigger]:
            return self._read_model.overdue(step, before=before, until=reached.position, besides=self._sent, limit=PAGE)

        return self._all_pages(page, now, "stuck")

    def _all_pages(self, page: Callable[[], Sequence[Trigger]], now: datetime, why: str) -> int:
        count = 0
        while len(self._sent) < MOST_SENT:
            found = page()
            count += self._send(found, now, why)
            if len(found) < PAGE:
                break
        return count

    def _send(self, found: Sequence[Trigger], now: datetime, why: str) -> int:
        waiting = self._unmoved(found)
        if waiting:
            self._sender.send(list(step_work([(each.step, each.item) for each in waiting], self._partitions)))
            log_at = log.warning if why == "stuck" else log.info
            log_at("sweeper.sent", why=why, reviews=len(waiting), first=str(waiting[0].item.stream_id))
        for each in found:
            self._sent[each.item.position] = Sent(each.step, each.item.stream_id, now)
        return len(waiting)

    def _unmoved(self, found: Sequence[Trigger]) -> list[Trigger]:
        """Without those that have advanced in the log: the read model is behind, perhaps by hours."""
        newest = self._versions({each.item.stream_id for each in found}) if found else {}
        return [each for each in found if newest.get(each.item.stream_id) == each.item.version]

    def _tidy(self, now: datetime) -> None:
        """Forget what has advanced, and what its step handled without advancing it: that is sent again."""
        reviews = {sent.review for sent in self._sent.values()}
        waiting = self._read_model.still_waiting(reviews, self._sent) if self._sent else set()
        late = {position for position in waiting if self._is_late(self._sent[position], now)}
        reached = {
            step: self._watermarks[step].observe(now) for step in {self._sent[position].step for position in late}
        }
        for position, sent in list(self._sent.items()):
            watermark = reached.get(sent.step)
            handled = position in late and watermark is not None and watermark.at > sent.at
            if handled or position not in waiting:
                del self._sent[position]

    def _is_late(self, sent: Sent, now: datetime) -> bool:
        return (now - sent.at).total_seconds() >= self._deadlines[sent.step]
