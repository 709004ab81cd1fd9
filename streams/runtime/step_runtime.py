"""The delivery contract, once for every step: take a batch, do the effect, append, and only then acknowledge.

`prepare` may run for several batches at a time; `commit` runs for one after the other, in the order of the log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol
from uuid import UUID

import structlog

from aggregates.ids import dead_letter_id
from aggregates.review.commands import fail
from connectors.fault_table import is_infrastructure_error
from connectors.isolate import isolate_async
from connectors.retry import retrying
from schemas.codec import decode
from schemas.errors import InvalidInput, ReviewstreamError
from schemas.messages import DeadLetter, StepBatch, StepItem
from streams.runtime.messages import StepMessage
from streams.runtime.observation import about, count
from streams.runtime.reviews import Change, Reviews
from streams.runtime.step import Done, Failed, Outcome, Step, Work
from streams.topics import step_topic
from telemetry import failpoints
from telemetry.error_text import call_chain, safe_text

log = structlog.get_logger(__name__)
MAX_ROUNDS = 20
CLOCKS_APART = timedelta(seconds=1)
"""Whoever sent a retry found its time come, by a clock that may be ahead of ours; dropped, it would wait for long."""


class DeadLetters(Protocol):
    """Where messages go that cannot be processed; streams.dead_letters.producer.DeadLetterProducer."""

    async def send(self, letters: Sequence[DeadLetter]) -> None:
        """Durable when it returns; raises TransientError otherwise."""
        ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """Work whose effect is durable, with its outcomes, ready to be appended."""

    results: tuple[tuple[Work, Outcome], ...]
    origins: dict[int, StepMessage] = field(default_factory=dict)


class StepRuntime:
    """Runs one step.

    `batch_timeout` seconds bound one effect of a batch; beyond them it counts as transient. What fails transiently is
    tried again for `patience` seconds.
    """

    def __init__(
        self,
        step: Step,
        reviews: Reviews,
        deadletters: DeadLetters,
        *,
        batch_timeout: float = 120.0,
        patience: float = 300.0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.step, self._reviews, self._deadletters = step, reviews, deadletters
        self._batch_timeout, self._now = batch_timeout, now
        self._retrying = partial(retrying, limit=patience)

    async def prepare(self, messages: Sequence[StepMessage]) -> Prepared:
        """Do the effect for every review in the messages that still waits for this step."""
        origins: dict[int, StepMessage] = {}
        newest: dict[UUID, StepItem] = {}
        for message in messages:
            for item in await self._unpacked(message):
                newest[item.stream_id], origins[item.position] = item, message
        due = await self._retrying(lambda: self._due(list(newest.values())), what=f"{self.step.name}.load")
        about(due)
        return Prepared(await self._perform(due), origins)

    async def commit(self, prepared: Prepared) -> None:
        """Append what followed, until nothing is refused; dead-letter what failed. Then the batch may be acknowledged."""
        results = prepared.results
        about([work for work, _ in results])
        if results:
            failpoints.hit("step.effect_done")
        for _ in range(MAX_ROUNDS):
            await self._dead_letter(results, prepared.origins)
            refused = await self._append(results)
            count(self.step.name, results, refused=len(refused))
            if not refused:
                failpoints.hit("step.appended")
                return
            due = await self._retrying(partial(self._due, refused), what=f"{self.step.name}.reload")
            results = await self._perform(due)
        raise ReviewstreamError(f"step {self.step.name}: reviews changed {MAX_ROUNDS} times while they were written")

    async def _unpacked(self, message: StepMessage) -> Sequence[StepItem]:
        try:
            batch = _step_batch(message.value)
        except Exception as error:  # noqa: BLE001 - whatever foreign bytes lead the decoder into
            letter = self._to_dead_letter(None, safe_text(error), message)
            await self._retrying(lambda: self._deadletters.send([letter]), what=f"{self.step.name}.deadletter")
            return ()
        return batch.items

    async def _due(self, items: Sequence[StepItem]) -> list[Work]:
        reviews = await self._reviews.load({item.stream_id: item.version for item in items})
        work = [Work(item, reviews[item.stream_id]) for item in items]
        now = self._now() + CLOCKS_APART
        return [each for each in work if each.review.due(self.step.name, now)]

    async def _perform(self, work: list[Work]) -> tuple[tuple[Work, Outcome], ...]:
        """The effect for all; a review that spoils its batch fails by itself, and the others go through."""
        done: list[tuple[Sequence[Work], Sequence[Outcome]]] = []

        async def perform(part: Sequence[Work]) -> None:
            done.append((part, await self._retrying(lambda: self._bounded(part), what=self.step.name)))

        bad = await isolate_async(work, perform, blames=self._blames)
        outcomes = {each.review.id: made for part, all_made in done for each, made in zip(part, all_made, strict=True)}
        outcomes |= {one.item.review.id: Failed(one.error) for one in bad}
        return tuple((each, outcomes[each.review.id]) for each in work)

    def _blames(self, error: Exception) -> bool:
        """Whether a review is to blame; else the process ends and starts again: nothing was acknowledged."""
        if is_infrastructure_error(error):
            return False
        failure = {"error": safe_text(error), "error_type": type(error).__name__, "at": call_chain(error)}
        log.error("step.failed", step=self.step.name, **failure)
        return True

    async def _bounded(self, work: Sequence[Work]) -> Sequence[Outcome]:
        async with asyncio.timeout(self._batch_timeout):
            return await self.step.perform(work)

    async def _append(self, results: Sequence[tuple[Work, Outcome]]) -> list[StepItem]:
        changes = [change for work, outcome in results if (change := self._change(work, outcome)).events]
        if not changes:
            return []
        refused = await self._retrying(lambda: self._reviews.append(changes), what=f"{self.step.name}.append")
        return [work.item for work, _ in results if work.review.id in refused]

    def _change(self, work: Work, outcome: Outcome) -> Change:
        events = outcome.events if isinstance(outcome, Done) else self._failure(work, outcome.error)
        return Change(work.review, events, work.item.event_id, work.item.correlation_id)

    def _failure(self, work: Work, error: Exception) -> tuple[object, ...]:
        return fail(
            work.review,
            work.review.revision,
            self.step.name,
            error_type=type(error).__name__,
            error=safe_text(error),
            now=self._now(),
        )

    async def _dead_letter(self, results: Sequence[tuple[Work, Outcome]], origins: dict[int, StepMessage]) -> None:
        failed = [(work, outcome.error) for work, outcome in results if isinstance(outcome, Failed)]
        letters = [self._to_dead_letter(work, safe_text(error), origins[work.item.position]) for work, error in failed]
        await self._retrying(lambda: self._deadletters.send(letters), what=f"{self.step.name}.deadletter")

    def _to_dead_letter(self, work: Work | None, error: str, origin: StepMessage) -> DeadLetter:
        topic = step_topic(self.step.name)
        item = work.item.position if work else 0
        return DeadLetter(
            dead_letter_id=str(dead_letter_id(topic, origin.partition, origin.offset, item)),
            tenant=str(work.review.tenant_id) if work else None,
            stage=self.step.name,
            reason="step_failed" if work else "unreadable",
            error=error,
            origin_topic=topic,
            origin_partition=origin.partition,
            origin_offset=origin.offset,
            review_id=str(work.review.id) if work else None,
            headers={},
            payload=origin.value,
            dead_lettered_at=self._now(),
        )


def _step_batch(value: bytes) -> StepBatch:
    batch = decode(value)
    if not isinstance(batch, StepBatch):
        raise InvalidInput("not a batch of step work; only the tailer writes to step topics", field="value")
    return batch
