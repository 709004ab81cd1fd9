"""Dead letters kept, replayed, discarded: through the same validation, counted once each time, and nobody is left in doubt."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregates.review import commands
from connectors.kafka import ConfirmingProducer, Outgoing
from connectors.postgres import Pool
from eventstore.log import EventLog
from schemas.cloudevents import BATCH
from schemas.codec import decode, encode
from schemas.errors import InvalidInput, NotAllowed, PermanentError, TransientError
from schemas.messages import DeadLetter
from services.dead_letters.records import Selection, StoredDeadLetter
from services.dead_letters.repository import DeadLetterRepository
from services.inbound.ledger import InboundLedger, Totals
from services.tenancy.directory import TenantDirectory
from services.tenancy.tenants import Tenant, Tenants
from streams.dead_letters.producer import DeadLetterProducer
from streams.dead_letters.replay import DeadLetterReplay, Replayed
from streams.dead_letters.retry_now import retry_now
from streams.dead_letters.sink import DeadLetterSink
from streams.runtime.messages import InboundMessage, StepMessage
from streams.runtime.reviews import Change, Reviews
from streams.runtime.step import Failed, Outcome, Work
from streams.runtime.step_runtime import StepRuntime
from streams.steps.collect import Collect
from streams.topics import DEADLETTER, INBOUND
from tests.effort import examples
from tests.streams.conftest import PARTITIONS
from tests.streams.making import NOW, TENANT, body, collected, inbound, packed
from tests.streams.topics import Topic

SECRET = "The waiter Anna Example was rude"


class World:
    """The collect step on real topics: what is published is validated, what it refuses is kept."""

    def __init__(self, pool: Pool, directory: TenantDirectory, producer: ConfirmingProducer, broker: str) -> None:
        self.pool, self.producer = pool, producer
        self.log, self.ledger, self.letters = EventLog(pool), InboundLedger(pool), DeadLetterRepository(pool)
        self.reviews = Reviews(self.log)
        self.collect = Collect(self.reviews, self.ledger, directory, DeadLetterProducer(producer), now=lambda: NOW)
        self.inbound, self.buried = Topic(broker, INBOUND), Topic(broker, DEADLETTER)

    def publish(self, *messages: InboundMessage) -> None:
        """As a publisher does."""
        self.producer.send([Outgoing(INBOUND, b"k", each.value or b"", each.headers) for each in messages])

    def settle(self) -> None:
        """Collect and keep everything that was sent, however often that was done before."""
        messages = [
            InboundMessage(INBOUND, m.partition(), m.offset(), m.headers(), m.value()) for m in self.inbound.messages()
        ]
        asyncio.run(self.collect.handle(messages))
        buried = [StepMessage(m.partition(), m.offset(), m.value()) for m in self.buried.messages()]
        asyncio.run(DeadLetterSink(self.letters).handle(buried))

    def open(self) -> list[StoredDeadLetter]:
        return self.letters.find(Selection())

    def all(self) -> list[StoredDeadLetter]:
        return self.letters.find(Selection(state=None))

    def replaying(self, sender: Any = None) -> DeadLetterReplay:
        return DeadLetterReplay(self.letters, sender or self.producer, self.reviews, PARTITIONS, now=lambda: NOW)

    def replay(self, letters: Sequence[StoredDeadLetter], sender: Any = None, **more: Any) -> list[Replayed]:
        ids = [letter.dead_letter_id for letter in letters]
        return [each for chunk in self.replaying(sender).replay(ids, actor="ada", **more) for each in chunk]

    def counts(self) -> tuple[int, int, int]:
        """What became events, deduplicated, dead-lettered; and that they sum up."""
        totals = self.ledger.totals()
        events = totals.accepted + totals.revised + totals.corrected + totals.withdrawn
        assert totals.received == events + totals.deduplicated + totals.dead_lettered
        return events, totals.deduplicated, totals.dead_lettered


@pytest.fixture
def world(pool: Pool, directory: TenantDirectory, shared_producer: ConfirmingProducer, topics: str) -> World:
    return World(pool, directory, shared_producer, topics)


def test_what_was_refused_for_its_tenant_passes_once_the_tenant_is_registered(world: World, tenants: Tenants) -> None:
    world.publish(inbound(body("x"), 0, tenant="late", runid="run-1", line="7"))
    world.settle()
    (letter,) = world.open()
    assert (letter.reason, letter.tenant, letter.stage, letter.line) == ("unknown_tenant", None, "inbound", 7)
    late = tenants.create("late")
    assert world.replay([letter]) == [Replayed(letter.dead_letter_id)]
    world.settle()
    assert world.open() == []
    assert world.letters.get(letter.dead_letter_id).state == "replayed"
    (entry,) = world.letters.history(letter.dead_letter_id)
    assert (entry.action, entry.actor) == ("replayed", "ada")
    (event,) = world.log.read_after(0, 10)
    assert event.tenant_id == late.id
    assert world.counts() == (1, 0, 1)
    assert world.ledger.run("run-1") == Totals(received=2, accepted=1, dead_lettered=1)


def test_what_fails_again_becomes_a_letter_of_its_own_that_names_the_first(world: World) -> None:
    world.publish(inbound(body("x"), 0, tenant="nobody"))
    world.settle()
    (first,) = world.open()
    world.replay([first])
    world.settle()
    (second,) = world.open()
    assert second.dead_letter_id != first.dead_letter_id
    assert second.replay_of == str(first.dead_letter_id)
    assert second.origin_partition == first.origin_partition
    world.replay([second])
    world.settle()
    (third,) = world.open()
    assert third.replay_of == str(second.dead_letter_id)
    assert [letter.state for letter in world.all()] == ["replayed", "replayed", "open"]
    assert world.counts() == (0, 0, 3)


def test_of_a_batch_only_the_refused_item_is_sent_again(world: World, tenant: Tenant, tenants: Tenants) -> None:
    events = [
        {
            "specversion": "1.0",
            "id": str(n),
            "source": "/s",
            "type": "review.submitted",
            "tenantid": who,
            "data": body(str(n)),
        }
        for n, who in enumerate((tenant.slug, "late", tenant.slug))
    ]
    world.publish(inbound(json.dumps(events).encode(), 0, content_type=BATCH))
    world.settle()
    tenants.create("late")
    world.replay(world.open())
    world.settle()
    assert world.counts() == (3, 0, 1)


class Dying:
    """A sender whose process is killed once the broker has the messages."""

    def __init__(self, inner: ConfirmingProducer) -> None:
        self.inner = inner

    def send(self, messages: Sequence[Outgoing]) -> object:
        self.inner.send(messages)
        raise RuntimeError("killed")


def test_killed_between_publishing_and_noting_it_down_it_is_published_twice_and_counted_as_deduplicated(
    world: World, tenants: Tenants
) -> None:
    world.publish(inbound(body("x"), 0, tenant="late"))
    world.settle()
    tenants.create("late")
    with pytest.raises(RuntimeError, match="killed"):
        world.replay(world.open(), Dying(world.producer))
    (letter,) = world.open()
    assert world.letters.history(letter.dead_letter_id) == []
    world.replay([letter])
    world.settle()
    assert world.open() == []
    assert world.counts() == (1, 1, 1)


def test_without_a_broker_letters_stay_open(world: World) -> None:
    world.publish(inbound(body("x"), 0, tenant="nobody"))
    world.settle()
    with pytest.raises(TransientError):
        world.replay(world.open(), ConfirmingProducer("127.0.0.1:1", timeout=0.3))
    assert len(world.open()) == 1


def test_a_letter_is_replayed_or_discarded_once(world: World) -> None:
    world.publish(*(inbound(body(str(n)), 0, tenant="nobody") for n in range(2)))
    world.settle()
    first, second = world.open()
    world.replay([first])
    ids = [first.dead_letter_id, second.dead_letter_id]
    assert world.letters.discard(ids, actor="bob", why="of no use") == [second.dead_letter_id]
    assert world.replay([first, second]) == []
    assert [letter.state for letter in world.all()] == ["replayed", "discarded"]
    history = [[(e.action, e.actor, e.detail) for e in world.letters.history(i)] for i in ids]
    assert history == [
        [("replayed", "ada", "published to reviews.inbound again")],
        [("discarded", "bob", "of no use")],
    ]


def test_of_two_operators_one_gets_the_letter(world: World) -> None:
    world.publish(inbound(body("x"), 0, tenant="nobody"))
    world.settle()
    (letter,) = world.open()
    with world.letters.held([letter.dead_letter_id]) as held:
        assert [each.dead_letter_id for each in held.dead_letters] == [letter.dead_letter_id]
        assert world.replay([letter]) == []
        assert world.letters.discard([letter.dead_letter_id], actor="bob", why="mine") == []
    assert len(world.open()) == 1


class Picky:
    """A broker that never takes one message."""

    def __init__(self, inner: ConfirmingProducer, poison: bytes) -> None:
        self.inner, self.poison = inner, poison

    def send(self, messages: Sequence[Outgoing]) -> object:
        if any(self.poison in message.value for message in messages):
            raise PermanentError("Kafka refuses a message: MSG_SIZE_TOO_LARGE")
        return self.inner.send(messages)


def test_one_that_kafka_never_takes_does_not_hold_up_the_others(world: World) -> None:
    world.publish(*(inbound(body(name), 0, tenant="nobody") for name in ("one", "heavy", "two")))
    world.settle()
    done = world.replay(world.open(), Picky(world.producer, b'"heavy"'))
    assert [bool(each.refused) for each in done].count(True) == 1
    assert len(world.open()) == 1


@pytest.mark.parametrize("reason", ["unreadable", "unreadable_row"])
def test_what_can_never_pass_is_refused_with_what_to_do_instead(world: World, reason: str) -> None:
    letter = made(stage="inbound" if reason == "unreadable_row" else "nlp", reason=reason)
    world.letters.keep([letter])
    (refused,) = world.replay(world.open())
    assert "discard" in refused.refused
    assert len(world.open()) == 1


class Hopeless:
    """A store step that cannot succeed."""

    name = "store"

    async def perform(self, work: Sequence[Work]) -> Sequence[Outcome]:
        return [Failed(PermanentError("no such shelf")) for _ in work]


async def _failed(world: World, change: Change) -> None:
    await world.reviews.append([change])
    runtime = StepRuntime(Hopeless(), world.reviews, DeadLetterProducer(world.producer), now=lambda: NOW)
    events = await asyncio.to_thread(world.log.read_stream, change.review.id)
    await runtime.commit(await runtime.prepare([packed(events)]))


def test_a_letter_of_a_failed_step_retries_its_review_once(world: World) -> None:
    change = collected()
    asyncio.run(_failed(world, change))
    world.settle()
    (letter,) = world.open()
    assert (letter.stage, letter.review_id, letter.tenant) == ("store", str(change.review.id), str(TENANT))
    assert world.replay([letter]) == [Replayed(letter.dead_letter_id)]
    events = world.log.read_stream(change.review.id)
    assert [event.topic for event in events][1:] == ["review.step_failed", "review.marked_for_retry"]
    retry = decode(events[-1].state)
    assert (retry.step, retry.attempt, retry.not_before, events[-1].tenant_id) == ("store", 2, NOW, TENANT)
    (entry,) = world.letters.history(letter.dead_letter_id)
    assert entry.detail == "review retried at step store"


def test_a_review_that_goes_on_already_is_not_retried_again(world: World) -> None:
    change = collected()
    asyncio.run(_failed(world, change))
    world.settle()
    assert asyncio.run(retry_now(world.reviews, change.review.id, NOW))
    with pytest.raises(NotAllowed, match="at store"):
        asyncio.run(retry_now(world.reviews, change.review.id, NOW))
    (letter,) = world.open()
    world.replay([letter])
    assert len(world.log.read_stream(change.review.id)) == 3
    (entry,) = world.letters.history(letter.dead_letter_id)
    assert entry.detail == "the review is in progress already"


def test_an_abandoned_review_is_retried_whatever_the_number_of_attempts(world: World) -> None:
    change = collected()
    asyncio.run(_failed(world, change))
    review = asyncio.run(world.reviews.read({change.review.id}))[change.review.id]
    given_up = commands.compensate(review, max_attempts=1, backoff=timedelta(), now=NOW)
    asyncio.run(world.reviews.append([Change(review, given_up)]))
    assert asyncio.run(retry_now(world.reviews, review.id, NOW))
    review = asyncio.run(world.reviews.read({review.id}))[review.id]
    assert (review.step, review.attempt) == ("store", 2)


def made(**fields: Any) -> DeadLetter:
    """A dead letter."""
    given: dict[str, Any] = {
        "dead_letter_id": str(uuid4()),
        "stage": "inbound",
        "reason": "range",
        "error": "rating: is not between 1 and 5",
        "origin_topic": INBOUND,
        "origin_partition": 0,
        "origin_offset": 1,
        "headers": {},
        "payload": SECRET.encode(),
        "dead_lettered_at": NOW,
    }
    return DeadLetter(**given | fields)


TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
FOREIGN = st.binary(max_size=60)
LETTERS = st.builds(
    made, tenant=TEXTS, error=TEXTS, field=TEXTS, reason=TEXTS, run_id=st.none() | TEXTS, review_id=st.none() | TEXTS,
    headers=st.dictionaries(TEXTS, TEXTS, max_size=3), payload=st.binary(max_size=50), dead_letter_id=st.uuids().map(str) | TEXTS,
)  # fmt: skip


@settings(max_examples=examples(60))
@given(values=st.lists(st.one_of(FOREIGN, LETTERS.map(encode)), min_size=1, max_size=6), again=st.integers(1, 3))
def test_whatever_stands_in_the_topic_is_kept_once(shared_pool: Pool, values: list[bytes], again: int) -> None:
    with shared_pool.connection() as connection:
        connection.execute("TRUNCATE dead_letters, dead_letter_audit")
    store = DeadLetterRepository(shared_pool)
    messages = [StepMessage(0, offset, value) for offset, value in enumerate(values)]
    for _ in range(again):
        asyncio.run(DeadLetterSink(store).handle(messages))
    kept = store.find(Selection())
    assert len(kept) == len(expected := {_id(message) for message in messages})
    assert {letter.dead_letter_id for letter in kept if letter.reason != "unreadable"} <= expected
    assert store.count_open() == len(kept)


def _id(message: StepMessage) -> Any:
    try:
        return UUID(decode(message.value).dead_letter_id)
    except (InvalidInput, ValueError, LookupError, EOFError, TypeError, AttributeError, OverflowError):
        return message.offset


FILTERS: list[tuple[dict[str, Any], Callable[[DeadLetter], bool]]] = [
    ({"stage": "nlp"}, lambda letter: letter.stage == "nlp"),
    ({"reason": "range"}, lambda letter: letter.reason == "range"),
    ({"run": "r1"}, lambda letter: letter.run_id == "r1"),
    ({"review": "v1"}, lambda letter: letter.review_id == "v1"),
    (
        {"tenants": ["t1", "blue"]},
        lambda letter: (letter.tenant or letter.headers.get("ce_tenantid")) in {"t1", "blue"},
    ),
    ({"since": NOW}, lambda letter: letter.dead_lettered_at >= NOW),
    ({"until": NOW}, lambda letter: letter.dead_lettered_at < NOW),
]


def test_filters_select_what_they_say(world: World) -> None:
    letters = [
        made(stage="nlp", review_id="v1", tenant="t1"),
        made(run_id="r1", reason="empty", headers={"ce_tenantid": "blue"}),
        made(dead_lettered_at=NOW.replace(year=2025)),
    ]
    world.letters.keep(letters)
    for given_filter, holds in FILTERS:
        found = {str(letter.dead_letter_id) for letter in world.letters.find(Selection(**given_filter))}
        assert found == {letter.dead_letter_id for letter in letters if holds(letter)}, given_filter
        assert 0 < len(found) < 3, "a filter that selects nothing or everything shows nothing"
    assert len(world.letters.find(Selection(limit=2))) == 2
