"""The collect step: validates inbound messages, appends what they bring to the event log, counts each once.

A message below the ledger's next offset was handled durably before: it is acknowledged and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeAlias
from uuid import UUID

from psycopg import Cursor

from aggregates.ids import review_id
from aggregates.review.aggregate import Review
from aggregates.review.collect import collect
from aggregates.review.draft import Draft
from aggregates.review.validation import validate
from aggregates.review.withdrawal import Deletion, validate_deletion, withdraw
from connectors.retry import retrying
from eventstore.model import AppendResult
from schemas.cloudevents import InboundItem, parse
from schemas.errors import InvalidInput, InvalidReview, VersionConflict
from schemas.events.review import FactsCorrected, ReviewCollected, ReviewRevised, ReviewWithdrawn
from schemas.foreign import Foreign
from services.inbound.ledger import OUTCOMES, InboundLedger, Rejection, Tally
from services.tenancy.directory import TenantDirectory
from services.tenancy.tenants import Tenant
from streams.dead_letters.producer import DeadLetterProducer
from streams.runtime.messages import InboundMessage
from streams.runtime.reviews import Change, Reviews
from streams.steps.inbound_letters import dead_letter
from streams.steps.validated_item import ValidatedItem
from telemetry import failpoints
from telemetry.metrics import INBOUND_ITEMS, STEP_REVIEWS

GROUP_BYTES = 1_000_000
Read: TypeAlias = Callable[[Mapping[str, Any], datetime], Draft | Deletion]
OUTCOME: Mapping[type, str] = {
    ReviewCollected: "accepted",
    ReviewRevised: "revised",
    FactsCorrected: "corrected",
    ReviewWithdrawn: "withdrawn",
}
"""How an item is counted that brought such an event; one that brought none is a repeat."""


class Collect:
    """Validation, decision, append and count of one batch of inbound messages."""

    def __init__(
        self,
        reviews: Reviews,
        ledger: InboundLedger,
        tenants: TenantDirectory,
        deadletters: DeadLetterProducer,
        *,
        topic_id: str = "",
        foreign: Foreign | None = None,
        patience: float = 300.0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """What fails transiently is tried again for `patience` seconds.

        `topic_id` is Kafka's id of the inbound topic: one that is made again under the same name is a new one.
        `foreign` reads what publishers wrote with schemas that only a schema registry knows.
        """
        self._reviews, self._ledger, self._tenants, self._deadletters = reviews, ledger, tenants, deadletters
        self._topic_id, self._patience, self._now = topic_id, patience, now
        self._foreign = foreign

    async def handle(self, messages: Sequence[InboundMessage]) -> None:
        """Return when every message is durably accepted, recognised as a repeat, or dead-lettered."""
        for group in _groups(messages):
            await retrying(partial(self._attempt, group), what="collect", limit=self._patience)

    async def _attempt(self, messages: Sequence[InboundMessage]) -> None:
        fresh = await self._unhandled(messages)
        validated = await asyncio.to_thread(self._validate, fresh)
        tally = Tally(messages[0].topic, self._topic_id)
        for message in fresh:
            tally.handled(message.partition, message.offset)
        changes = await self._decide([each for each in validated if each.what is not None], tally)
        await self._dead_letter([each for each in validated if each.problem is not None], tally)
        await self._append(changes, tally)

    async def _unhandled(self, messages: Sequence[InboundMessage]) -> list[InboundMessage]:
        partitions = {message.partition for message in messages}
        known = await asyncio.to_thread(self._ledger.next_offsets, messages[0].topic, partitions, self._topic_id)
        return [message for message in messages if message.offset >= known.get(message.partition, 0)]

    def _validate(self, messages: Sequence[InboundMessage]) -> list[ValidatedItem]:
        self._tenants.forget_unknown()
        return [
            self._validated(message, item)
            for message in messages
            for item in parse(message.headers, message.value, self._foreign, key=message.key)
        ]

    def _validated(self, message: InboundMessage, item: InboundItem) -> ValidatedItem:
        validated = ValidatedItem(message, item)
        try:
            validated = replace(validated, tenant=self._tenant(item))
            if item.problem is not None:
                return replace(validated, problem=item.problem)
            read: Read = validate_deletion if item.deletes else validate
            return _about(validated, read(item.data or {}, self._now()))
        except InvalidInput as problem:
            return replace(validated, problem=item.problem or problem)

    def _tenant(self, item: InboundItem) -> Tenant:
        name = item.attributes.get("tenantid", "")
        tenant = self._tenants.find(name) if name and "\x00" not in name else None
        if tenant is None:
            raise InvalidReview(
                "tenantid: not a registered tenant; `reviewstream tenant create SLUG` registers one",
                field="tenantid",
                reason="unknown_tenant",
            )
        return tenant

    async def _decide(self, validated: Sequence[ValidatedItem], tally: Tally) -> list[Change]:
        # From the log and not from the cache: a repeat appends nothing, so the log would not refuse a stale decision.
        wanted = [(each.stream_id, each) for each in validated if each.stream_id is not None]
        current = await self._reviews.read({stream_id for stream_id, _ in wanted})
        changes: dict[UUID, Change] = {}
        now = self._now()
        for stream_id, each in wanted:
            change = _next(changes.get(stream_id), current[stream_id], each, now)
            outcome = "deduplicated" if change is None else OUTCOME[type(change.events[-1])]
            tally.add(each.message.partition, each.run_id, outcome)
            if change is not None:
                changes[stream_id] = change
        return list(changes.values())

    async def _dead_letter(self, validated: Sequence[ValidatedItem], tally: Tally) -> None:
        await self._deadletters.send([dead_letter(each, self._topic_id, self._now()) for each in validated])
        for each in validated:
            tally.add(each.message.partition, each.run_id, "dead_lettered")
            if each.run_id is not None and each.line is not None and each.problem is not None:
                problem = each.problem
                rejection = Rejection(each.line, problem.reason, problem.field, each.error)
                tally.rejections.append((each.run_id, rejection))

    async def _append(self, changes: Sequence[Change], tally: Tally) -> None:
        def also(cursor: Cursor[tuple[object, ...]], result: AppendResult) -> None:
            if result.conflicts:
                # Another step moved these reviews on: nothing of this batch counts, it is decided again.
                self._reviews.forget({conflict.stream_id for conflict in result.conflicts})
                raise VersionConflict(f"{len(result.conflicts)} reviews changed meanwhile")
            if result.skipped:
                # Another worker was told the same by another partition and was first: ours are repeats.
                raise VersionConflict(f"{result.skipped} events are in the log already")
            self._ledger.record(cursor, tally)

        if tally.offsets:
            await self._reviews.append(changes, also=also)
            failpoints.hit("collect.appended")
            STEP_REVIEWS.labels("collect").inc(sum(each.received for each in tally.partitions.values()))
            _count(tally)


def _about(validated: ValidatedItem, what: Draft | Deletion) -> ValidatedItem:
    assert validated.tenant is not None
    return replace(validated, what=what, stream_id=review_id(validated.tenant.id, what.source, what.external_id))


def _count(tally: Tally) -> None:
    for outcome in OUTCOMES:
        INBOUND_ITEMS.labels(outcome).inc(sum(getattr(each, outcome) for each in tally.partitions.values()))


def _groups(messages: Sequence[InboundMessage]) -> Iterator[Sequence[InboundMessage]]:
    """Parts of at most GROUP_BYTES, or of one message: a message may hold a batch, and a transaction shall stay short."""
    start = size = 0
    for end, message in enumerate(messages):
        length = len(message.value or b"")
        if size and size + length > GROUP_BYTES:
            yield messages[start:end]
            start, size = end, 0
        size += length
    if messages:
        yield messages[start:]


def _next(pending: Change | None, current: Review, validated: ValidatedItem, now: datetime) -> Change | None:
    """The change with this item's event added; None if it is a repeat."""
    assert validated.what is not None
    assert validated.tenant is not None
    before = pending.events if pending else ()
    # A new stream is no one's yet; its id is made of this tenant's.
    base = pending.review if pending else replace(current, tenant=validated.tenant.id)
    events = _decided(base.after(before), validated.what, now, validated.run_id)
    if not events:
        return None
    trace = validated.correlation_id
    if pending is not None:
        return replace(pending, events=before + events)
    return Change(base, events, trace, trace)


def _decided(review: Review, what: Draft | Deletion, now: datetime, run_id: str | None) -> tuple[Any, ...]:
    if isinstance(what, Deletion):
        return withdraw(review, now=now, run_id=run_id)
    return collect(review, what, now=now, run_id=run_id)
