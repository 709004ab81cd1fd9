"""Reviews in a cache in front of the log: what two processes append at the same time is never lost nor hidden."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregates.review.collect import collect
from eventstore.log import EventLog
from schemas.codec import decode
from streams.runtime.reviews import Change, Reviews, fold
from tests.effort import examples
from tests.streams.making import NOW, TENANT, collected, draft, next_events

STEPS = st.tuples(st.integers(0, 1), st.integers(0, 2), st.sampled_from(["A", "B", "C", "step", "load"]))
ONE_DATABASE = settings(max_examples=examples(40))


class Worker:
    """Decides on what its cache says, as a step does, and again when it was refused."""

    def __init__(self, log: EventLog) -> None:
        self.reviews = Reviews(log, cached=2)
        self.appended: list[tuple[UUID, int, str]] = []

    async def act(self, stream: UUID, action: str) -> None:
        for _ in range(3):
            review = (await self.reviews.load({stream: 0}))[stream]
            if action == "load":
                return
            if action == "step":
                events = next_events(review) if review.step in {"store", "nlp", "analytics"} else ()
            else:
                review = replace(review, tenant=TENANT)  # as its stream's id says
                events = collect(review, draft("x", content=action), now=NOW)
            if not events or not await self.reviews.append([Change(review, events)]):
                digests = [getattr(event, "content_hash", "") for event in events]
                self.appended += [(stream, v, d) for v, d in enumerate(digests, review.version + 1)]
                return
        raise AssertionError("refused although nobody else wrote")


@ONE_DATABASE
@given(plan=st.lists(STEPS, max_size=14))
def test_two_workers_end_in_the_same_reviews_and_lose_nothing(log: EventLog, plan: list[tuple[int, int, str]]) -> None:
    streams = [uuid4() for _ in range(3)]
    workers = [Worker(log), Worker(log)]

    async def scenario() -> None:
        for worker, stream, action in plan:
            await workers[worker].act(streams[stream], action)
        standing = log.read_streams(streams)
        heads = {stream: len(events) for stream, events in standing.items()}
        for worker in workers:
            assert await worker.reviews.load(heads) == {s: fold(s, events) for s, events in standing.items()}
            for stream, version, digest in worker.appended:
                assert getattr(decode(standing[stream][version - 1].state), "content_hash", "") == digest

    asyncio.run(scenario())


async def test_a_review_knows_its_tenant_from_its_events(log: EventLog) -> None:
    mine, reviews = collected(tenant=UUID(int=7)), Reviews(log)
    assert await reviews.append([mine]) == set()
    for found in ((await reviews.load({mine.review.id: 1})), (await Reviews(log).load({mine.review.id: 1}))):
        assert found[mine.review.id].tenant_id == UUID(int=7)
    unknown = uuid4()
    assert (await reviews.read({unknown}))[unknown].tenant is None


async def test_two_contents_collected_at_once_conflict_instead_of_passing_for_a_repeat(log: EventLog) -> None:
    mine, theirs = Reviews(log), Reviews(log)
    first, second = collected("same", content="Lovely."), collected("same", content="Awful.")
    assert first.review.id == second.review.id
    assert await mine.append([first]) == set()
    assert await theirs.append([second]) == {second.review.id}
    standing = (await theirs.load({second.review.id: 1}))[second.review.id]
    assert standing.body.content == "Lovely."


async def test_of_two_processes_that_append_at_once_one_wins_and_the_other_finds_what_stands(log: EventLog) -> None:
    for number in range(60):
        processes = [Reviews(log), Reviews(log)]
        rivals = [collected(f"r{number}", content=content) for content in ("Lovely.", "Awful.")]
        stream = rivals[0].review.id
        both = zip(processes, rivals, strict=True)
        refused = await asyncio.gather(*(reviews.append([rival]) for reviews, rival in both))
        assert sorted(refused, key=len) == [set(), {stream}]
        (stands,) = log.read_stream(stream)
        winner = refused.index(set())
        assert stands.event_id == rivals[winner].recorded()[0].event_id
        for reviews in processes:
            found = (await reviews.load({stream: 0}))[stream]
            assert (found.version, found.body) == (1, rivals[winner].events[0])


async def test_the_same_append_twice_is_success_and_changes_nothing(log: EventLog) -> None:
    change = collected()
    assert await Reviews(log).append([change]) == set()
    again = Reviews(log)
    assert await again.append([change]) == set()
    assert log.head() == 1
    assert (await again.load({change.review.id: 1}))[change.review.id].version == 1


async def test_a_refused_review_does_not_hold_back_the_others(log: EventLog) -> None:
    reviews = Reviews(log)
    known = collected(content="Lovely.")
    await reviews.append([known])
    stale = Change(known.review, collect(known.review, draft("y", content="Other."), now=NOW))
    fresh = [collected() for _ in range(3)]
    assert await reviews.append([fresh[0], stale, *fresh[1:]]) == {known.review.id}
    assert [len(log.read_stream(change.review.id)) for change in fresh] == [1, 1, 1]


async def test_a_version_that_the_cache_lacks_is_read_from_the_log(log: EventLog) -> None:
    mine, theirs = Reviews(log), Reviews(log)
    change = collected()
    await mine.append([change])
    at_first = (await theirs.load({change.review.id: 1}))[change.review.id]
    assert await mine.append([Change(at_first, next_events(at_first))]) == set()
    assert (await theirs.load({change.review.id: 1}))[change.review.id].step == "store"
    assert (await theirs.load({change.review.id: 2}))[change.review.id].step == "nlp"
    assert (await theirs.read([change.review.id]))[change.review.id].step == "nlp"


async def test_the_cache_is_bounded_and_keeps_what_was_used_last(log: EventLog) -> None:
    class Counting(EventLog):
        asked: list[UUID] = []  # noqa: RUF012 - one test's own

        def read_streams(self, stream_ids, **more):  # type: ignore[no-untyped-def]
            self.asked.extend(stream_ids)
            return super().read_streams(stream_ids, **more)

    counting = Counting(log._pool)
    reviews = Reviews(counting, cached=3)
    a, b, c, d = (uuid4() for _ in range(4))
    for stream in (a, b, c, a, d):  # a was used again before d came, so b has to leave
        await reviews.load({stream: 0})
    assert counting.asked == [a, b, c, d]
    await reviews.load({a: 0, c: 0, d: 0})
    assert counting.asked == [a, b, c, d]
    await reviews.load({b: 0})
    assert counting.asked == [a, b, c, d, b]
