"""The collect step: whatever comes in, and however often, each item is counted once and no review is lost."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from aggregates.ids import review_id
from connectors.kafka import ConfirmingProducer
from connectors.postgres import Pool
from eventstore.log import EventLog
from schemas.cloudevents import AVRO, BATCH, INBOUND_TYPE, STRUCTURED
from schemas.codec import decode, encode, encode_with
from schemas.errors import TransientError
from schemas.foreign import Foreign
from schemas.messages import DeadLetter, InboundReview
from schemas.registry import contract, newest
from services.inbound.ledger import InboundLedger, Totals
from services.tenancy.directory import TenantDirectory
from services.tenancy.tenants import Tenant, Tenants
from streams.dead_letters.producer import DeadLetterProducer
from streams.runtime.messages import InboundMessage
from streams.runtime.reviews import Change, Reviews
from streams.steps.collect import Collect
from streams.topics import INBOUND
from tests.streams.making import NOW, body, inbound, next_events
from tests.streams.topics import Topic


class CollectStep:
    """The collect step on a real log and ledger."""

    def __init__(self, pool: Pool, directory: TenantDirectory, deadletters: DeadLetterProducer) -> None:
        self.log, self.ledger = EventLog(pool), InboundLedger(pool)
        self.directory, self.deadletters = directory, deadletters

    def worker(self, **more: Any) -> Collect:
        """A new process's: its cache is empty."""
        parts = {"deadletters": self.deadletters, "reviews": Reviews(self.log)} | more
        patience, foreign = parts.pop("patience", 300.0), parts.pop("foreign", None)
        return Collect(
            parts["reviews"], self.ledger, self.directory, parts["deadletters"], patience=patience, foreign=foreign,
            now=lambda: NOW,
        )  # fmt: skip

    async def handle(self, *messages: InboundMessage) -> None:
        await self.worker().handle(messages)

    def counts(self) -> tuple[int, int, int]:
        """What became events, deduplicated, dead-lettered; and that they sum up to what was received."""
        totals = self.ledger.totals()
        events = totals.accepted + totals.revised + totals.corrected + totals.withdrawn
        assert totals.received == events + totals.deduplicated + totals.dead_lettered
        return events, totals.deduplicated, totals.dead_lettered

    def contents(self) -> list[str]:
        """The texts in the log, in order."""
        return [getattr(decode(event.state), "content", event.topic) for event in self.log.read_after(0, 1000)]


@pytest.fixture
def step(pool: Pool, directory: TenantDirectory, deadletters: DeadLetterProducer, tenant: Tenant) -> CollectStep:
    return CollectStep(pool, directory, deadletters)


def event(data: Any, **attributes: Any) -> dict[str, Any]:
    """A CloudEvent in structured form."""
    given = {"specversion": "1.0", "id": "1", "source": "/test", "type": INBOUND_TYPE, "tenantid": "blue-harbour"}
    return {**given, **attributes, "data": data}


AS_AVRO = encode(InboundReview(source="harbour", external_id="x", content="Cold.", published_at="2026-02-01"))
OLD_AVRO = encode_with(
    contract(13), {"source": "harbour", "external_id": "old", "content": "Cold.", "published_at": "2026-02-01"}
)
STARS_IN_AVRO = encode(InboundReview(source="harbour", external_id="x", rating=4.0, published_at="2026-02-01"))
FORMS: dict[str, tuple[InboundMessage, tuple[int, int, int]]] = {
    "json": (inbound(body(), 0), (1, 0, 0)),
    "avro": (inbound(AS_AVRO, 0, content_type=AVRO), (1, 0, 0)),
    "avro of version 1": (inbound(OLD_AVRO, 0, content_type=AVRO), (1, 0, 0)),
    "stars alone in avro": (inbound(STARS_IN_AVRO, 0, content_type=AVRO), (1, 0, 0)),
    "stars alone": (inbound(body(content=None, rating=4), 0), (1, 0, 0)),
    "structured": (inbound(event(body()), 0, content_type=STRUCTURED), (1, 0, 0)),
    "base64": (
        inbound(
            {**event(None), "data_base64": base64.b64encode(json.dumps(body()).encode()).decode()},
            0,
            content_type=STRUCTURED,
        ),
        (1, 0, 0),
    ),
    "batch": (
        inbound(json.dumps([event(body("a")), event(body("b")), event(body("a"))]).encode(), 0, content_type=BATCH),
        (2, 1, 0),
    ),
    "batch with bad items": (
        inbound(
            json.dumps([event(body("c")), event({}), 7, event(body("d"), tenantid="")]).encode(), 0, content_type=BATCH
        ),
        (1, 0, 3),
    ),
    "empty batch": (inbound(b"[]", 0, content_type=BATCH), (0, 0, 1)),
    "other content type": (inbound(body(), 0, content_type="text/xml"), (0, 0, 1)),
    "tombstone": (InboundMessage(INBOUND, 0, 0, (), None), (0, 0, 1)),
    "no headers": (InboundMessage(INBOUND, 0, 0, (), json.dumps(body()).encode()), (0, 0, 1)),
    "cut json": (inbound(b'{"source": "har', 0), (0, 0, 1)),
    "not utf-8": (inbound(b'{"source": "\xff"}', 0), (0, 0, 1)),
    "nested": (inbound(b"[" * 100_000, 0), (0, 0, 1)),
    "huge number": (inbound(b'{"rating": ' + b"9" * 5000 + b"}", 0), (0, 0, 1)),
    "half a character": (inbound(b'{"content": "\\ud800"}', 0), (0, 0, 1)),
    "cut avro": (inbound(AS_AVRO[:-3], 0, content_type=AVRO), (0, 0, 1)),
    "other avro": (inbound(b"\x00\x00\x00\x00\x01rubbish", 0, content_type=AVRO), (0, 0, 1)),
    "unreadable row": (inbound(b"a,b,c", 0, problem="too many columns", runid="r", line="7"), (0, 0, 1)),
    "NUL everywhere": (inbound(b"a\x00b", 0, problem="bad \x00 row", runid="r\x00n", line="7"), (0, 0, 1)),
    "NUL in a field": (inbound(body(content="a\x00b"), 0, runid="r\x00n", line="8"), (0, 0, 1)),
    "NUL in the run": (inbound(body(), 0, runid="r\x00n", line="9"), (1, 0, 0)),
    "NUL in the tenant": (inbound(body(), 0, tenant="blue\x00harbour"), (0, 0, 1)),
    "endless line": (inbound(body(rating=99), 0, runid="r" * 500, line="9" * 400), (0, 0, 1)),
    "foreign digits": (inbound(body(rating=99), 0, runid="r", line="\u0663"), (0, 0, 1)),
}


@pytest.fixture(scope="module")
def wide_step(shared_pool: Pool, shared_producer: ConfirmingProducer) -> CollectStep:
    """One for all forms of messages, each of which has a partition of its own."""
    tenants = Tenants(shared_pool)
    tenants.create("blue-harbour")
    return CollectStep(shared_pool, TenantDirectory(tenants), DeadLetterProducer(shared_producer))


@pytest.mark.parametrize("form", FORMS)
async def test_every_form_of_message_is_counted_once_and_never_stops_the_step(
    wide_step: CollectStep, buried: Topic, form: str
) -> None:
    before, head = wide_step.counts(), wide_step.log.head()
    message, expected = FORMS[form]
    message = replace(message, partition=list(FORMS).index(form))
    await wide_step.handle(message)
    await wide_step.handle(message)
    added = [after - earlier for after, earlier in zip(wide_step.counts(), before, strict=True)]
    assert tuple(added) == expected
    assert wide_step.log.head() == head + expected[0]
    letters = buried.values()
    assert len(letters) == expected[2]
    assert {(letter.stage, letter.origin_topic, letter.origin_offset) for letter in letters} <= {
        ("inbound", INBOUND, 0)
    }
    assert wide_step.ledger.offsets(INBOUND)[message.partition] == 1


async def test_redelivery_changes_nothing_at_all(step: CollectStep, buried: Topic) -> None:
    messages = [inbound(body(str(n % 7), rating=n % 7), n, runid="r", line=str(n)) for n in range(20)]
    await step.handle(*messages)
    before = (step.counts(), step.log.head(), step.ledger.run("r"), len(buried.messages()))
    assert before[:2] == ((5, 10, 5), 5)  # ratings 0 and 6 are out of range
    for again in (messages, messages[5:9], messages[19:]):
        await step.handle(*again)
    assert (step.counts(), step.log.head(), step.ledger.run("r"), len(buried.messages())) == before


async def test_only_what_is_new_of_a_redelivered_batch_is_handled(step: CollectStep) -> None:
    first = [inbound(body(str(n)), n) for n in range(5)]
    await step.handle(*first)
    await step.handle(*first[3:], inbound(body("new"), 5), inbound(body("elsewhere"), 2, partition=1))
    assert step.counts() == (7, 0, 0)
    assert step.ledger.offsets(INBOUND) == {0: 6, 1: 3}


async def test_a_review_and_its_edits_in_one_batch(step: CollectStep, tenant: Tenant) -> None:
    texts = ["A", "A", "B", "A", "A", "C"]
    await step.handle(*(inbound(body("x", content=text), n) for n, text in enumerate(texts)))
    assert step.counts() == (4, 2, 0)
    events = step.log.read_stream(review_id(tenant.id, "harbour", "x"))
    bodies = [decode(event.state) for event in events]
    assert [(each.TOPIC, each.revision, each.content) for each in bodies] == [
        ("review.collected", 1, "A"),
        ("review.revised", 2, "B"),
        ("review.revised", 3, "A"),
        ("review.revised", 4, "C"),
    ]
    assert [each.previous_content_hash for each in bodies[1:]] == [each.content_hash for each in bodies[:-1]]


async def test_content_that_comes_back_after_an_edit_is_a_revision_in_any_worker(step: CollectStep) -> None:
    workers = [step.worker(), step.worker()]
    for number, (worker, text) in enumerate([(0, "A"), (1, "B"), (0, "A"), (1, "A"), (1, "C"), (0, "A")]):
        await workers[worker].handle([inbound(body("x", content=text), number)])
    assert step.contents() == ["A", "B", "A", "C", "A"]
    assert step.counts() == (5, 1, 0)


async def test_a_tenant_can_send_as_soon_as_it_is_registered(
    step: CollectStep, tenants: Tenants, buried: Topic
) -> None:
    await step.handle(inbound(body("x"), 0, tenant="late"))
    tenants.create("late")
    await step.handle(inbound(body("x"), 1, tenant="late"))
    assert step.counts() == (1, 0, 1)
    assert [(letter.reason, letter.tenant) for letter in buried.values()] == [("unknown_tenant", None)]


async def test_tenants_with_the_same_ids_stay_apart(step: CollectStep, tenants: Tenants, tenant: Tenant) -> None:
    other = tenants.create("red-harbour")
    await step.handle(
        inbound(body("x", content="ours"), 0),
        inbound(body("x", content="theirs"), 1, tenant="red-harbour"),
        inbound(body("x", content="ours"), 2, tenant=str(tenant.id)),
    )
    assert step.counts() == (2, 1, 0)
    for owner, text in ((tenant, "ours"), (other, "theirs")):
        (event,) = step.log.read_stream(review_id(owner.id, "harbour", "x"))
        assert (event.tenant_id, decode(event.state).content) == (owner.id, text)


async def test_one_bad_item_among_many_costs_only_itself(step: CollectStep, buried: Topic, tenant: Tenant) -> None:
    messages = [inbound(body(str(n), rating=99 if n == 61 else 4), n, runid="r", line=str(n)) for n in range(120)]
    await step.handle(*messages)
    assert step.counts() == (119, 0, 1)
    assert step.ledger.run("r") == Totals(received=120, accepted=119, dead_lettered=1)
    (rejection,) = step.ledger.rejections("r")
    assert (rejection.line, rejection.field) == (61, "rating")
    (letter,) = buried.values()
    assert (letter.line, letter.run_id, letter.field, letter.tenant) == (61, "r", "rating", str(tenant.id))
    assert json.loads(letter.payload)["rating"] == 99


async def test_error_texts_do_not_repeat_what_was_sent(step: CollectStep, buried: Topic) -> None:
    secret = "Anna Example"
    bad = [{"author_name": [secret]}, {secret: 1}, {"published_at": secret}, {"rating": secret}, {"url": secret}]
    await step.handle(*(inbound(body(**fields), n, runid="r", line=str(n)) for n, fields in enumerate(bad)))
    assert step.counts() == (0, 0, 5)
    told = [(letter.error, letter.field, letter.reason) for letter in buried.values()]
    assert secret not in str(told) + str(step.ledger.rejections("r"))


class Racing(Reviews):
    """Lets another step append between the decision and our append, once."""

    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def append(self, changes: Sequence[Change], **more: Any) -> Any:
        if self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        return await super().append(changes, **more)


async def test_a_saga_step_in_between_means_deciding_again_and_counting_once(step: CollectStep, tenant: Tenant) -> None:
    await step.handle(inbound(body("x", content="A"), 0))
    stream = review_id(tenant.id, "harbour", "x")
    racing, others = Racing(step.log), Reviews(step.log)

    async def store() -> None:
        review = (await others.load({stream: 1}))[stream]
        assert await others.append([Change(review, next_events(review))]) == set()

    racing.meanwhile = store
    await step.worker(reviews=racing).handle([inbound(body("y"), 1), inbound(body("x", content="B"), 2)])
    assert [event.topic for event in step.log.read_stream(stream)] == [
        "review.collected",
        "review.raw_stored",
        "review.revised",
    ]
    assert step.counts() == (3, 0, 0)


async def test_two_workers_with_the_same_batch_count_it_once(step: CollectStep) -> None:
    messages = [inbound(body(str(n % 4)), n) for n in range(8)]
    await asyncio.gather(*(step.worker().handle(messages) for _ in range(3)))
    assert step.counts() == (4, 4, 0)
    assert step.log.head() == 4


class Killed(Reviews):
    """Dies when it should append."""

    async def append(self, changes: Sequence[Change], **more: Any) -> Any:
        raise RuntimeError("killed")


async def test_a_crash_after_the_dead_letters_counts_once_and_names_them_alike(
    step: CollectStep, buried: Topic
) -> None:
    messages = [inbound(body("a"), 0), inbound(body("b", rating=9), 1), inbound(b"rubbish", 2)]
    with pytest.raises(RuntimeError, match="killed"):
        await step.worker(reviews=Killed(step.log)).handle(messages)
    assert step.counts() == (0, 0, 0)
    await step.handle(*messages)
    assert step.counts() == (1, 0, 2)
    ids = [letter.dead_letter_id for letter in buried.values()]
    assert (len(ids), len(set(ids))) == (4, 2)


async def test_without_kafka_nothing_is_counted_nor_appended(step: CollectStep) -> None:
    nowhere = DeadLetterProducer(ConfirmingProducer("127.0.0.1:1", timeout=0.3))
    messages = [inbound(body("a"), 0), inbound(b"rubbish", 1)]
    with pytest.raises(TransientError):
        await step.worker(deadletters=nowhere, patience=0.1).handle(messages)
    assert (step.counts(), step.log.head(), step.ledger.offsets(INBOUND)) == ((0, 0, 0), 0, {})
    await step.handle(*messages)
    assert step.counts() == (1, 0, 1)


async def test_a_dead_letter_keeps_the_bytes_and_headers_as_they_came(step: CollectStep, buried: Topic) -> None:
    message = inbound(b"\x00\xff raw", 5, partition=3)
    message = InboundMessage(INBOUND, 3, 5, [*message.headers, ("x-odd", b"\xff"), ("x-none", None)], message.value)  # type: ignore[list-item]
    await step.handle(message)
    (letter,) = buried.values()
    assert isinstance(letter, DeadLetter)
    assert letter.payload == b"\x00\xff raw"
    assert (letter.headers["x-odd"], letter.headers["x-none"]) == ("\\xff", "")
    assert (letter.origin_partition, letter.origin_offset, letter.origin_item) == (3, 5, 0)


@pytest.mark.parametrize("valid", [True, False])
async def test_the_publisher_s_trace_becomes_the_saga_s_correlation_id(step: CollectStep, valid: bool) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    before = step.log.head()
    await step.handle(inbound(body(), 0, traceparent=f"00-{trace}-{'00f067aa0ba902b7' if valid else '0' * 16}-01"))
    (event,) = step.log.read_after(before, 2)
    assert event.correlation_id is not None
    assert (event.correlation_id.hex == trace) is valid


async def test_what_a_publisher_wrote_with_a_schema_of_his_own_is_waited_for_and_accepted(step: CollectStep) -> None:
    """The registry is away at first: that is no fault of the message."""
    own = {**newest("inbound.review").source, "namespace": "com.example"}
    answers = iter([TransientError("away"), own])

    def look_up(schema_id: int) -> Any:
        assert schema_id == 10_000
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    value = AS_AVRO[:1] + (10_000).to_bytes(4, "big") + AS_AVRO[5:]
    unknown = inbound(AS_AVRO[:1] + (9).to_bytes(4, "big") + AS_AVRO[5:], 1, content_type=AVRO)
    await step.worker(foreign=Foreign(look_up)).handle([inbound(value, 0, content_type=AVRO), unknown])
    assert step.counts() == (1, 0, 1)
    assert step.contents() == ["Cold."]
