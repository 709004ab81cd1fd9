"""The delivery contract of a step: effect, append, acknowledge; repeats, conflicts, crashes, poison."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import pytest
from pymongo.errors import OperationFailure

from aggregates.review.collect import collect
from connectors import mongo
from connectors.kafka import ConfirmingProducer
from eventstore.log import EventLog
from eventstore.model import RecordedEvent
from schemas.codec import decode, encode
from schemas.errors import PermanentError, TransientError, Unavailable
from schemas.events.review import StepFailed
from schemas.messages import DeadLetter
from streams.dead_letters.producer import DeadLetterProducer
from streams.runtime.messages import StepMessage
from streams.runtime.reviews import Change, Reviews
from streams.runtime.step import Done, Failed, Outcome, Work
from streams.runtime.step_runtime import StepRuntime
from streams.steps.store_raw import Store
from tests.streams.making import NOW, collected, draft, next_events, packed
from tests.streams.topics import Topic

SECRET = "Anna Example hated the soup"


class Step:
    """The store step, as far as the saga sees: its effect is a list."""

    name = "store"

    def __init__(self, diary: list[str]) -> None:
        self.diary = diary
        self.effects: list[str] = []
        self.tried = asyncio.Event()
        self.poison: dict[str, Exception] = {}
        self.refused: dict[str, Exception] = {}
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    async def perform(self, work: Sequence[Work]) -> Sequence[Outcome]:
        self.diary.append(f"effect {len(work)}")
        self.tried.set()
        for each in work:
            if error := self.poison.get(each.review.body.external_id):
                raise error
            self.effects.append(each.review.body.content)
        if self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        return [self._outcome(each) for each in work]

    def _outcome(self, work: Work) -> Outcome:
        error = self.refused.get(work.review.body.external_id)
        return Failed(error) if error else Done(next_events(work.review))


class WatchedLog(EventLog):
    """The log, which notes when something was appended, and may refuse to."""

    diary: list[str]
    crash: Exception | None = None

    def append(self, events: Any, **more: Any) -> Any:
        if self.crash is not None:
            raise self.crash
        result = super().append(events, **more)
        self.diary.append(f"append {len(events)}")
        return result


class Bench:
    """A runtime on a real log, with everything it did in order."""

    def __init__(self, log: EventLog, deadletters: DeadLetterProducer, *, patience: float = 300.0) -> None:
        self.diary: list[str] = []
        self.log = WatchedLog(log._pool)
        self.log.diary = []
        self.step = Step(self.diary)
        self.deadletters = deadletters
        self.patience = patience

    async def collected(self, *ids: str, content: str = "The coffee was cold.") -> list[RecordedEvent]:
        """Collected reviews with these external ids."""
        before = self.log.head()
        await Reviews(self.log).append([collected(external, content=content) for external in ids])
        return self.log.read_after(before, len(ids))

    def runtime(self) -> StepRuntime:
        """A new process's runtime: its cache is empty."""
        self.log.diary = self.diary
        return StepRuntime(
            self.step, Reviews(self.log), self.deadletters, patience=self.patience, batch_timeout=5, now=lambda: NOW
        )

    async def run(self, *messages: StepMessage) -> None:
        """As the agent does."""
        runtime = self.runtime()
        await runtime.commit(await runtime.prepare(messages))
        self.diary.append("acknowledge")

    def topics(self, event: RecordedEvent) -> list[str]:
        return [each.topic.removeprefix("review.") for each in self.log.read_stream(event.stream_id)]


@pytest.fixture
def bench(log: EventLog, deadletters: DeadLetterProducer) -> Bench:
    return Bench(log, deadletters)


async def test_effect_then_append_then_acknowledge(bench: Bench) -> None:
    events = await bench.collected("a", "b", "c")
    await bench.run(packed(events[:2]), packed(events[2:], offset=1))
    assert bench.diary == ["effect 3", "append 3", "acknowledge"]
    assert [bench.topics(event) for event in events] == [["collected", "raw_stored"]] * 3


async def test_appended_events_name_what_caused_them_and_their_trace(bench: Bench) -> None:
    (event,) = await bench.collected("a")
    await bench.run(packed([event]))
    stored = bench.log.read_stream(event.stream_id)[-1]
    assert (stored.causation_id, stored.correlation_id) == (event.event_id, event.correlation_id)
    assert stored.tenant_id == event.tenant_id


async def test_a_repeated_message_appends_nothing_new(bench: Bench) -> None:
    events = await bench.collected("a", "b")
    await bench.run(packed(events))
    head = bench.log.head()
    await bench.run(packed(events))
    await bench.run(packed(events), packed(events, offset=1))
    assert bench.log.head() == head
    assert bench.diary[3:] == ["acknowledge", "acknowledge"]


async def test_a_crash_between_effect_and_append_leaves_one_set_of_events(bench: Bench) -> None:
    events = await bench.collected("a", "b")
    bench.log.crash = RuntimeError("killed")
    with pytest.raises(RuntimeError, match="killed"):
        await bench.run(packed(events))
    assert "acknowledge" not in bench.diary
    bench.log.crash = None
    await bench.run(packed(events))
    assert [bench.topics(event) for event in events] == [["collected", "raw_stored"]] * 2
    assert len(bench.step.effects) == 4  # the effect came twice, which is why effects are idempotent


async def test_two_workers_with_the_same_message_append_one_set(bench: Bench) -> None:
    events = await bench.collected("a", "b")
    first, second = bench.runtime(), bench.runtime()
    both = [await first.prepare([packed(events)]), await second.prepare([packed(events)])]
    await first.commit(both[0])
    await second.commit(both[1])
    assert [bench.topics(event) for event in events] == [["collected", "raw_stored"]] * 2


async def test_a_revision_between_effect_and_append_is_decided_anew(bench: Bench) -> None:
    events = await bench.collected("a", "b", content="First words.")
    others = Reviews(EventLog(bench.log._pool))

    async def revise() -> None:
        standing = (await others.load({events[0].stream_id: 1}))[events[0].stream_id]
        revised = collect(standing, draft("a", content="Second words."), now=NOW)
        assert await others.append([Change(standing, revised)]) == set()

    bench.step.meanwhile = revise
    await bench.run(packed(events))
    assert bench.step.effects == ["First words.", "First words.", "Second words."]
    assert bench.topics(events[0]) == ["collected", "revised", "raw_stored"]
    assert bench.topics(events[1]) == ["collected", "raw_stored"]
    assert decode(bench.log.read_stream(events[0].stream_id)[-1].state).revision == 2


async def test_work_that_somebody_else_finished_meanwhile_is_not_appended_again(bench: Bench) -> None:
    (event,) = await bench.collected("a")
    others = Reviews(EventLog(bench.log._pool))

    async def finish_and_go_on() -> None:
        review = (await others.load({event.stream_id: 1}))[event.stream_id]
        for _ in range(2):
            change = Change(review, next_events(review))
            assert await others.append([change]) == set()
            review = review.after(change.events)

    bench.step.meanwhile = finish_and_go_on
    await bench.run(packed([event]))
    assert bench.topics(event) == ["collected", "raw_stored", "processed", "sentiment_analyzed"]


async def test_one_poisonous_review_of_twenty_fails_alone(bench: Bench, buried: Topic) -> None:
    events = await bench.collected(*(f"r{n}" for n in range(20)))
    bench.step.poison = {"r7": ValueError(SECRET)}
    await bench.run(packed(events[:10], offset=40), packed(events[10:], offset=41))
    expected = [["collected", "raw_stored"]] * 20
    expected[7] = ["collected", "step_failed"]
    assert [bench.topics(event) for event in events] == expected
    failure = decode(bench.log.read_stream(events[7].stream_id)[-1].state)
    assert isinstance(failure, StepFailed)
    assert (failure.step, failure.attempt, failure.error_type, failure.error) == (
        "store",
        1,
        "ValueError",
        "ValueError",
    )
    (letter,) = buried.values()
    assert isinstance(letter, DeadLetter)
    assert (letter.stage, letter.reason, letter.error) == ("store", "step_failed", "ValueError")
    assert (letter.origin_topic, letter.origin_offset) == ("steps.store", 40)
    assert letter.review_id == str(events[7].stream_id)


async def test_no_personal_data_of_a_foreign_error_in_events_dead_letters_or_logs(
    bench: Bench, buried: Topic, capfd: pytest.CaptureFixture[str]
) -> None:
    events = await bench.collected("a", "b")
    bench.step.poison = {"a": ValueError(SECRET), "b": PermanentError("the tenant is not registered any more")}
    await bench.run(packed(events))
    states = [bench.log.read_stream(event.stream_id)[-1].state for event in events]
    assert SECRET.encode() not in b"".join(states)
    assert decode(states[1]).error == "the tenant is not registered any more"
    (first, second) = buried.messages()
    for message in (first, second):
        assert SECRET.encode() not in message.value()
        assert SECRET not in str(message.headers())
    printed = "".join(capfd.readouterr())
    assert "step.failed" in printed
    assert SECRET not in printed


async def test_a_step_that_gives_up_on_a_review_says_why(bench: Bench, buried: Topic) -> None:
    events = await bench.collected("a", "b")
    bench.step.refused = {"b": PermanentError("no such tenant")}
    await bench.run(packed(events))
    assert [bench.topics(event)[-1] for event in events] == ["raw_stored", "step_failed"]
    assert [letter.error for letter in buried.values()] == ["no such tenant"]
    await bench.run(packed(events))
    assert bench.topics(events[1]) == ["collected", "step_failed"]


@pytest.mark.parametrize(
    "value",
    [b"", b"\x00", b"rubbish", b"\x00\x00\x00\x99\x99 unknown schema"],
    ids=["empty", "magic only", "rubbish", "unknown schema"],
)
async def test_an_unreadable_message_is_buried_and_the_rest_goes_on(bench: Bench, buried: Topic, value: bytes) -> None:
    events = await bench.collected("a")
    await bench.run(StepMessage(2, 17, value), packed(events, offset=18))
    assert bench.topics(events[0]) == ["collected", "raw_stored"]
    (letter,) = buried.values()
    assert (letter.stage, letter.reason, letter.payload) == ("store", "unreadable", value)
    assert (letter.origin_topic, letter.origin_partition, letter.origin_offset) == ("steps.store", 2, 17)


async def test_a_readable_message_that_is_no_step_work_is_buried(bench: Bench, buried: Topic) -> None:
    (change,) = [collected("a")]
    value = encode(change.events[0])
    await bench.run(StepMessage(0, 3, value))
    assert [(letter.reason, letter.payload) for letter in buried.values()] == [("unreadable", value)]


async def test_the_same_unreadable_message_has_the_same_dead_letter(bench: Bench, buried: Topic) -> None:
    for _ in range(2):
        await bench.run(StepMessage(2, 17, b"rubbish"))
    first, second = buried.values()
    assert first.dead_letter_id == second.dead_letter_id


async def test_a_transient_error_is_tried_again(bench: Bench) -> None:
    events = await bench.collected("a")
    bench.step.poison = {"a": TransientError("not now")}

    async def recover() -> None:
        await bench.step.tried.wait()
        bench.step.poison = {}

    await asyncio.gather(bench.run(packed(events)), recover())
    assert bench.diary == ["effect 1", "effect 1", "append 1", "acknowledge"]
    assert bench.topics(events[0]) == ["collected", "raw_stored"]


@pytest.mark.parametrize("error", [TransientError("not now"), Unavailable("no model"), TimeoutError()])
async def test_what_is_no_review_s_fault_ends_the_step_and_nothing_is_recorded(
    log: EventLog, deadletters: DeadLetterProducer, buried: Topic, error: Exception
) -> None:
    bench = Bench(log, deadletters, patience=0.2)
    events = await bench.collected("a", "b")
    bench.step.poison = {"a": error}
    with pytest.raises(type(error)):
        await bench.run(packed(events))
    assert [bench.topics(event) for event in events] == [["collected"]] * 2
    assert buried.messages() == []
    assert "acknowledge" not in bench.diary


async def test_a_raw_store_that_refuses_our_password_is_no_review_s_fault(
    log: EventLog, deadletters: DeadLetterProducer, buried: Topic, mongo_url: str
) -> None:
    bench = Bench(log, deadletters)
    events = await bench.collected("a", "b")
    parts = urlsplit(mongo_url)
    mistyped = parts._replace(netloc=f"{parts.username}:mistyped@{parts.hostname}:{parts.port}")
    client = mongo.connect(mistyped.geturl())
    bench.step = Store(client["test"]["raw_reviews"])  # type: ignore[assignment]
    try:
        with pytest.raises(OperationFailure):
            await bench.run(packed(events))
    finally:
        client.close()
    assert [bench.topics(event) for event in events] == [["collected"]] * 2
    assert buried.messages() == []


async def test_nothing_is_appended_when_the_dead_letter_cannot_be_confirmed(log: EventLog) -> None:
    nowhere = DeadLetterProducer(ConfirmingProducer("127.0.0.1:1", timeout=0.3))
    bench = Bench(log, nowhere, patience=0.1)
    events = await bench.collected("a", "b")
    bench.step.poison = {"a": ValueError("bad")}
    with pytest.raises(TransientError):
        await bench.run(packed(events))
    assert [bench.topics(event) for event in events] == [["collected"]] * 2


async def test_only_the_newest_of_a_review_s_triggers_is_worked_on(bench: Bench) -> None:
    (event,) = await bench.collected("a", content="First words.")
    reviews = Reviews(EventLog(bench.log._pool))
    standing = (await reviews.load({event.stream_id: 1}))[event.stream_id]
    await reviews.append([Change(standing, collect(standing, draft("a", content="Second."), now=NOW))])
    await bench.run(packed(bench.log.read_stream(event.stream_id)))
    assert bench.step.effects == ["Second."]
    assert bench.topics(event) == ["collected", "revised", "raw_stored"]
