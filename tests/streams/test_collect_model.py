"""Any mixture of reviews, repeats, edits and rubbish, delivered any number of times, ends as a simple model says."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregates.ids import review_id
from connectors.postgres import Pool
from eventstore.log import EventLog
from schemas.codec import decode
from schemas.events.review import FactsCorrected, ReviewWithdrawn
from services.inbound.ledger import InboundLedger, Totals
from services.tenancy.directory import TenantDirectory
from services.tenancy.tenants import Tenant
from streams.dead_letters.producer import DeadLetterProducer
from streams.runtime.messages import InboundMessage
from streams.runtime.reviews import Reviews
from streams.steps.collect import Collect
from tests.effort import examples
from tests.streams.making import NOW, body, deletion, inbound, tombstone

# A message is rubbish, or a review (one of four) with a text (one of three) and a day (one of two), or its deletion.
DAYS = ("2026-02-01", "2026-02-02")
Message = tuple[str, str, str] | None
MESSAGES = st.lists(
    st.one_of(
        st.none(), st.tuples(st.sampled_from("wxyz"), st.sampled_from(["A", "B", "C", ""]), st.sampled_from(DAYS))
    ),
    min_size=1,
    max_size=25,
)
# A delivery starts again in a fresh process at an offset not yet acknowledged, and takes so many messages.
DELIVERIES = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 9)), max_size=8)


@dataclass
class Model:
    """What should become of each message, by hand."""

    told: dict[str, list[str]] = field(default_factory=dict)
    last: dict[str, tuple[str, str]] = field(default_factory=dict)
    totals: Totals = field(default_factory=Totals)

    def take(self, message: Message) -> None:
        if message is None:
            self.totals.add("dead_lettered")
            return
        review, text, day = message
        outcome = self._outcome(review, text, day)
        self.totals.add(outcome)
        if outcome != "deduplicated":
            self.told.setdefault(review, []).append({"corrected": day, "withdrawn": "gone"}.get(outcome, text))
            self.last[review] = (text, day)

    def _outcome(self, review: str, text: str, day: str) -> str:
        before = self.last.get(review)
        if text == "":
            return "withdrawn" if before and before[0] else "deduplicated"
        if before is None:
            return "accepted"
        if before[0] != text:
            return "revised"
        return "deduplicated" if before[1] == day else "corrected"


@settings(max_examples=examples(40))
@given(messages=MESSAGES, deliveries=DELIVERIES)
def test_log_and_ledger_equal_the_model_however_messages_are_delivered(
    pool: Pool,
    directory: TenantDirectory,
    deadletters: DeadLetterProducer,
    tenant: Tenant,
    messages: list[Message],
    deliveries: list[tuple[int, int]],
) -> None:
    log, ledger = EventLog(pool), InboundLedger(pool)
    example = uuid4().hex  # the examples share one database: each has a source, a run and a topic of its own
    raw = [replace(_sent(example, message, number), topic=example) for number, message in enumerate(messages)]

    async def deliver() -> None:
        done = 0
        for back, size in [*deliveries, (0, len(raw))]:
            start = max(0, done - back)
            batch = raw[start : start + size]
            await Collect(Reviews(log), ledger, directory, deadletters, now=lambda: NOW).handle(batch)
            done = max(done, start + len(batch))

    asyncio.run(deliver())
    model = Model()
    for message in messages:
        model.take(message)
    ids = {name: review_id(tenant.id, example, name) for name in "wxyz"}
    streams = log.read_streams(ids.values())
    found = {name: [_told(decode(event.state)) for event in streams[ids[name]]] for name in "wxyz"}
    assert found == {name: model.told.get(name, []) for name in "wxyz"}
    assert ledger.run(example) == model.totals
    assert len(ledger.rejections(example)) == model.totals.dead_lettered
    assert ledger.offsets(example) == {0: len(raw)}


def _sent(source: str, message: Message, number: int) -> InboundMessage:
    """A deletion is a tombstone or an event, by its place."""
    marks = {"runid": source, "line": str(number)}
    if message is None:
        return inbound(b"rubbish", number, **marks)
    review, text, day = message
    if text:
        return inbound(body(review, content=text, source=source, published_at=day), number, **marks)
    if number % 2:
        return deletion({"source": source, "external_id": review}, number, **marks)
    return tombstone({"reviewsource": source, "externalid": review, **marks}, number)


def _told(event: object) -> str:
    """What an event says that the model knows."""
    if isinstance(event, ReviewWithdrawn):
        return "gone"
    return f"{event.published_at:%F}" if isinstance(event, FactsCorrected) else str(getattr(event, "content", event))
