"""Asking for reviews to be analysed again: who is asked, how many at a time, once each, whatever comes in between."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from time import monotonic
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregates.review.aggregate import Review
from aggregates.review.collect import collect
from aggregates.review.commands import fail, record_notified, request_reprocessing
from aggregates.review.compensation import compensate
from aggregates.review.notifications import NONE
from aggregates.review.saga import DONE
from connectors.postgres import Pool
from eventstore.log import EventLog
from schemas.codec import decode
from schemas.errors import Unavailable
from schemas.events.review import ReprocessingRequested
from streams.reprocessing.reprocessor import EVERY, Reprocessor
from streams.reprocessing.run_options import Order, Seen, Tally
from streams.runtime.reviews import Change, Reviews, fold
from tests.effort import examples
from tests.streams.making import NOW, collected, draft, next_events

ORDER = Order("2", UUID(int=2), in_flight=4, rest=0, patience=5.0)
COMPLETE = ("store", "nlp", "analytics", "notify")
STORIES: dict[str, Sequence[str]] = {
    "complete": COMPLETE,
    "fresh": ("store",),
    "abandoned": ("store", "fail", "compensate"),
    "of this version": (*COMPLETE, "ask 2", *COMPLETE[1:]),
    "asked before": (*COMPLETE, "ask 2"),
    "failed when asked": (*COMPLETE, "ask 2", "fail", "compensate"),
    "replaced since": (*COMPLETE, "ask 2", *COMPLETE[1:], "ask 3", *COMPLETE[1:]),
    "asked of a version that is gone": (*COMPLETE, "ask gone"),
}


@dataclass(frozen=True)
class Candidate:
    review_id: UUID


def events_of(review: Review, told: str) -> tuple[Any, ...]:
    word, _, version = told.partition(" ")
    if word == "ask":
        return request_reprocessing(review, version, now=NOW)
    if word == "fail":
        return fail(review, review.revision, review.step, error_type="Broken", error="it is", now=NOW)
    if word == "compensate":
        return compensate(review, max_attempts=1, backoff=timedelta(1), now=NOW)
    if word == "notify":
        return record_notified(review, review.revision, NONE, now=NOW)
    return next_events(review)


def told(*story: str) -> Change:
    """A review and all its events."""
    change = collected()
    review, events = change.review.after(change.events), [*change.events]
    for each in story:
        more = events_of(review, each)
        review, events = review.after(more), [*events, *more]
    return replace(change, events=tuple(events))


@dataclass
class Workers:
    """The saga of every review goes on by one step whenever somebody looks at it, unless they are `away`.

    `killed_at` is the look at which whoever looks is killed.
    """

    log: EventLog
    away: bool = False
    killed_at: int = 0
    looks: int = 0
    most: int = 0

    def states(self, reviews: Collection[UUID]) -> Mapping[UUID, Seen]:
        self.looks, self.most = self.looks + 1, max(self.most, len(reviews))
        if self.looks == self.killed_at:
            raise KilledError
        found = [fold(stream, events) for stream, events in self.log.read_streams(reviews).items()]
        waiting = [] if self.away else [review for review in found if review.step in COMPLETE]
        steps = [Change(review, events_of(review, review.step)) for review in waiting]
        asyncio.run(Reviews(self.log).append(steps))
        return {review.id: Seen(review.revision, review.version, review.step == DONE, False) for review in found}


class KilledError(Exception):
    """Stands for the end of the process."""


class Past:
    """Reviews with a history, on a real log."""

    def __init__(self, log: EventLog, stories: Sequence[str]) -> None:
        self.log, self.changes = log, [told(*STORIES[name]) for name in stories]
        self.candidates = [Candidate(change.review.id) for change in self.changes]
        asyncio.run(Reviews(log).append(self.changes))

    def ask(self, workers: Workers, order: Order = ORDER, reviews: Reviews | None = None) -> Tally:
        reprocessor = Reprocessor(reviews or Reviews(self.log), workers, order)
        return asyncio.run(reprocessor.run(iter(self.candidates)))

    def now(self) -> list[Review]:
        streams = self.log.read_streams([each.review_id for each in self.candidates])
        return [fold(each.review_id, streams[each.review_id]) for each in self.candidates]

    def requests(self) -> list[int]:
        """How often each review was asked of version 2."""
        streams = self.log.read_streams(
            [each.review_id for each in self.candidates], topics={ReprocessingRequested.TOPIC}
        )
        found = [streams[each.review_id] for each in self.candidates]
        return [sum(decode(event.state).processing_version == "2" for event in events) for events in found]


@pytest.fixture
def shared_log(shared_pool: Pool) -> EventLog:
    return EventLog(shared_pool)


def counted(tally: Tally) -> dict[str, int]:
    return {name: count for name, count in asdict(tally).items() if count}


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ("complete", {"asked": 1, "analysed": 1}),
        ("fresh", {"incomplete": 1}),
        ("abandoned", {"incomplete": 1}),
        ("of this version", {"already": 1}),
        ("asked before", {"underway": 1, "analysed": 1}),
        ("failed when asked", {"incomplete": 1}),
        ("replaced since", {"replaced": 1}),
        ("asked of a version that is gone", {"asked": 1, "analysed": 1}),
    ],
)
def test_who_is_asked(shared_log: EventLog, story: str, expected: dict[str, int]) -> None:
    past = Past(shared_log, [story])
    (before,) = past.now()
    assert counted(past.ask(Workers(shared_log))) == expected
    (after,) = past.now()
    if "analysed" in expected:
        assert (after.step, after.quiet, after.sentiment.processing_version) == (DONE, True, "2")
    else:
        assert after == before


def test_a_second_run_finds_nothing_to_do(shared_log: EventLog) -> None:
    past = Past(shared_log, ["complete"] * 10)
    assert counted(past.ask(Workers(shared_log))) == {"asked": 10, "analysed": 10}
    head = shared_log.head()
    assert counted(past.ask(Workers(shared_log))) == {"already": 10}
    assert shared_log.head() == head


@settings(max_examples=examples(25))
@given(
    stories=st.lists(st.sampled_from(list(STORIES)), max_size=14),
    in_flight=st.integers(1, 6),
    killed_at=st.integers(1, 12),
)
def test_a_killed_run_goes_on_and_asks_nobody_twice(
    shared_log: EventLog, stories: list[str], in_flight: int, killed_at: int
) -> None:
    past, order = Past(shared_log, stories), replace(ORDER, in_flight=in_flight)
    before, workers = past.requests(), Workers(shared_log, killed_at=killed_at)
    try:
        past.ask(workers, order)
    except KilledError:
        done = past.ask(workers, order)
        assert sum(counted(done).values()) == len(stories) + done.analysed
    due = {"complete", "asked of a version that is gone"}
    assert past.requests() == [asked + (name in due) for asked, name in zip(before, stories, strict=True)]
    shown = {name: review for name, review in zip(stories, past.now(), strict=True) if name in {*due, "asked before"}}
    assert all((review.step, review.sentiment.processing_version) == (DONE, "2") for review in shown.values())
    assert workers.most <= in_flight


def test_while_nobody_takes_them_up_only_one_is_asked(shared_log: EventLog) -> None:
    past = Past(shared_log, ["complete"] * 5)
    with pytest.raises(Unavailable, match="REVIEWSTREAM_PROCESSING_VERSION=2"):
        past.ask(Workers(shared_log, away=True), replace(ORDER, patience=0.2))
    assert sum(past.requests()) == 1


def test_a_limit_bounds_how_many_are_asked(shared_log: EventLog) -> None:
    past = Past(shared_log, ["of this version", *["complete"] * 9])
    assert counted(past.ask(Workers(shared_log), replace(ORDER, limit=5))) == {"already": 1, "asked": 5, "analysed": 5}
    assert counted(past.ask(Workers(shared_log), replace(ORDER, limit=5))) == {"already": 6, "asked": 4, "analysed": 4}


def test_a_rate_bounds_how_fast_they_are_asked(shared_log: EventLog) -> None:
    past, began = Past(shared_log, ["complete"] * 6), monotonic()
    past.ask(Workers(shared_log), replace(ORDER, rate=20))
    assert monotonic() - began >= 5 / 20


def test_a_batch_is_followed_by_a_rest_in_proportion(shared_log: EventLog) -> None:
    past, began = Past(shared_log, ["complete"] * 9), monotonic()
    past.ask(Workers(shared_log), replace(ORDER, rest=10))
    least = 3 * EVERY  # between the four looks that a saga takes
    assert monotonic() - began >= 10 * least


class Overtaken(Reviews):
    """New content of every review comes just before the first request is appended."""

    async def append(self, changes: Sequence[Change], **rest: Any) -> set[UUID]:
        if not hasattr(self, "_over"):
            self._over = True
            news = [draft(each.review.body.external_id, content="Warm by now.") for each in changes]
            pairs = zip(changes, news, strict=True)
            fresh = [replace(each, events=collect(each.review, new, now=NOW)) for each, new in pairs]
            await Reviews(self._log).append(fresh)
        return await super().append(changes, **rest)


def test_new_content_that_comes_first_is_not_asked(shared_log: EventLog) -> None:
    past = Past(shared_log, ["complete"])
    tally = past.ask(Workers(shared_log), reviews=Overtaken(shared_log))
    assert counted(tally) == {"incomplete": 1}
    (review,) = past.now()
    assert (review.revision, review.step, review.quiet) == (2, "store", False)
