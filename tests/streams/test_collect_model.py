"""Any mixture of reviews, repeats, edits and rubbish, delivered any number of times, ends as a simple model says."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregates.ids import review_id
from connectors.postgres import Pool
from eventstore.log import EventLog
from schemas.codec import decode
from services.inbound.ledger import InboundLedger, Totals
from services.tenancy.directory import TenantDirectory
from services.tenancy.tenants import Tenant
from streams.dead_letters.producer import DeadLetterProducer
from streams.runtime.messages import InboundMessage
from streams.runtime.reviews import Reviews
from streams.steps.collect import Collect
from tests.effort import examples
from tests.streams.making import NOW, body, inbound

# A message is rubbish, or a review (one of four) with a text (one of three).
MESSAGES = st.lists(
    st.one_of(st.none(), st.tuples(st.sampled_from("wxyz"), st.sampled_from("ABC"))), min_size=1, max_size=25
)
# A delivery starts again in a fresh process at an offset not yet acknowledged, and takes so many messages.
DELIVERIES = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 9)), max_size=8)


@dataclass
class Model:
    """What should become of each message, by hand."""

    contents: dict[str, list[str]] = field(default_factory=dict)
    totals: Totals = field(default_factory=Totals)

    def take(self, message: tuple[str, str] | None) -> None:
        if message is None:
            self.totals.add("dead_lettered")
            return
        review, text = message
        versions = self.contents.setdefault(review, [])
        if versions[-1:] == [text]:
            self.totals.add("deduplicated")
        else:
            versions.append(text)
            self.totals.add("accepted")


@settings(max_examples=examples(40))
@given(messages=MESSAGES, deliveries=DELIVERIES)
def test_log_and_ledger_equal_the_model_however_messages_are_delivered(
    pool: Pool,
    directory: TenantDirectory,
    deadletters: DeadLetterProducer,
    tenant: Tenant,
    messages: list[tuple[str, str] | None],
    deliveries: list[tuple[int, int]],
) -> None:
    log, ledger = EventLog(pool), InboundLedger(pool)
    example = uuid4().hex  # the examples share one database: each has a source, a run and a topic of its own
    raw = [
        InboundMessage(example, 0, number, inbound(value, number, runid=example, line=str(number)).headers, value)
        for number, value in enumerate(_value(example, message) for message in messages)
    ]

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
    assert {name: [decode(event.state).content for event in streams[ids[name]]] for name in "wxyz"} == {
        name: model.contents.get(name, []) for name in "wxyz"
    }
    assert ledger.run(example) == model.totals
    assert len(ledger.rejections(example)) == model.totals.dead_lettered
    assert ledger.offsets(example) == {0: len(raw)}


def _value(source: str, message: tuple[str, str] | None) -> bytes:
    made = inbound(b"rubbish" if message is None else body(message[0], content=message[1], source=source), 0)
    return made.value or b""
