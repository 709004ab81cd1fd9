"""The raw store follows corrections and withdrawals, whoever writes late, and is rebuilt as it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from bson import ObjectId
from hypothesis import given, settings
from hypothesis import strategies as st
from pymongo.collection import Collection
from pymongo.errors import AutoReconnect

from aggregates.ids import raw_review_id
from aggregates.review.aggregate import Review
from aggregates.review.collect import collect
from aggregates.review.saga import WITHDRAWN
from aggregates.review.withdrawal import withdraw
from connectors import mongo
from connectors.postgres import Pool
from eventstore.log import EventLog
from eventstore.model import RecordedEvent
from eventstore.positions import Positions
from operations.recovery.raw_store import LostRawReviews
from streams.publishers.publisher import Publisher
from streams.publishers.raw_store import RawStoreWriter, raw_changes
from streams.raw_documents import document
from streams.runtime.reviews import Change, fold
from streams.steps.store_raw import Store
from tests.effort import examples
from tests.streams.making import NOW, TENANT, collected, draft, next_events

Raw = Collection[dict[str, Any]]
MOVES = st.lists(st.sampled_from(["on", "on", "facts", "words", "delete"]), max_size=12)


@pytest.fixture(scope="module")
def raw(mongo_url: str) -> Iterator[Raw]:
    with mongo.connect(mongo_url) as client:
        yield client[f"test_{uuid4().hex}"]["raw_reviews"]


class Story:
    """One review: what the store step wrote of it, and its events as the log has them."""

    def __init__(self, log: EventLog) -> None:
        self.log, self.change = log, collected(title="Cold", author_name="A guest")
        self.writes: list[Review] = []
        self.review = self.change.review
        self._append(self.change.events)

    @property
    def id(self) -> UUID:
        return self.review.id

    def move(self, name: str) -> None:
        """What came in is decided by the review's own rules; on is the next step."""
        body, number = self.review.body, self.review.version
        if name == "delete":
            self._append(withdraw(self.review, now=NOW))
        elif name == "on" and self.review.step in {"store", "nlp", "analytics"}:
            self._append(next_events(self.review))
        elif name != "on":
            content = f"Words {number}." if name == "words" else body.content
            day = f"2026-01-{1 + number % 28:02d}"
            again = draft(body.external_id, content=content, title=body.title, published_at=day)
            self._append(collect(self.review, again, now=NOW))

    def events(self) -> list[RecordedEvent]:
        return self.log.read_stream(self.id)

    def expected(self) -> dict[str, Any] | None:
        """The document as the store step would write it, or nothing of what the review said."""
        return None if self.review.step == WITHDRAWN else document(self.review)

    def _append(self, events: tuple[Any, ...]) -> None:
        if events:
            assert not self.log.append(Change(self.review, events).recorded()).conflicts
            self.review = self.review.after(events)
        if self.review.step == "store":
            self.writes.append(self.review)


def found(raw: Raw, review: UUID) -> dict[str, Any] | None:
    return raw.find_one({"_id": ObjectId(raw_review_id(review))})


def same(stands: dict[str, Any] | None, story: Story) -> None:
    """Compares all but the version: a document that nothing changed since shows an earlier one."""
    expected = story.expected()
    assert stands is not None
    if expected is None:
        assert stands.keys() == {"_id", "review_id", "tenant_id", "revision", "withdrawn_at", "version"}
    else:
        assert {**stands, "version": None} == {**expected, "version": None}


@settings(max_examples=examples(40))
@given(
    moves=MOVES, delays=st.lists(st.integers(0, 6), min_size=13, max_size=13), late=st.randoms(use_true_random=False)
)
def test_whoever_writes_late_the_document_is_what_the_review_is(
    pool: Pool, raw: Raw, moves: list[str], delays: list[int], late: Any
) -> None:
    """The tailer comes later than the steps, in its order; writes of workers that were overtaken come at any time."""
    story = Story(EventLog(pool))
    for name in moves:
        story.move(name)
    done: list[tuple[int, Any]] = [(review.version, review) for review in story.writes]
    reached = 0
    for event, delay in zip(story.events(), delays * 2, strict=False):
        reached = max(reached, event.version + delay)
        if list(raw_changes([event])):
            done.append((reached, event))
    played: list[Any] = []
    for _, each in sorted(done, key=lambda pair: pair[0]):
        for again in [*late.sample(played, min(len(played), late.randint(0, 2))), each]:
            play(raw, again)
        played.append(each)
    if story.writes:
        same(found(raw, story.id), story)
    assert raw.count_documents({"review_id": str(story.id)}) == 1


def play(raw: Raw, each: Review | RecordedEvent) -> None:
    if isinstance(each, Review):
        Store(raw).write([each])
    else:
        RawStoreWriter(lambda: raw).send(list(raw_changes([each])))


def follow(pool: Pool, raw: Raw, events: Sequence[RecordedEvent]) -> None:
    name = f"raw_store {uuid4()}"
    Publisher(name, raw_changes, RawStoreWriter(lambda: raw), Positions(pool)).handle(events)
    assert Positions(pool).get(name) == events[-1].position


def test_the_tailers_publisher_corrects_and_withdraws(pool: Pool, raw: Raw) -> None:
    story = Story(EventLog(pool))
    Store(raw).write([story.review])
    for name in ("on", "facts"):
        story.move(name)
    follow(pool, raw, story.events())
    same(found(raw, story.id), story)
    stands = found(raw, story.id)
    assert stands is not None
    assert (stands["author"], stands["content"]) == (None, "The coffee was cold.")
    story.move("delete")
    follow(pool, raw, story.events())
    same(found(raw, story.id), story)


def test_a_document_of_the_release_before_has_no_version_and_is_corrected_too(pool: Pool, raw: Raw) -> None:
    story = Story(EventLog(pool))
    raw.insert_one({name: value for name, value in document(story.review).items() if name != "version"})
    for name in ("on", "facts"):
        story.move(name)
    follow(pool, raw, story.events())
    same(found(raw, story.id), story)


def test_a_raw_store_that_was_lost_is_written_again_without_what_was_withdrawn(pool: Pool, raw: Raw) -> None:
    collection, log = raw.database["lost"], EventLog(pool)
    plans = (
        ["on"],
        ["on", "facts"],
        ["on", "delete"],
        ["on", "delete", "words", "on"],
        ["on", "facts", "facts", "words"],
    )
    stories = [Story(log) for _ in plans]
    for story, plan in zip(stories, plans, strict=True):
        for name in plan:
            story.move(name)
    LostRawReviews(log, lambda: collection).rebuild(lambda *_: None)
    for story in stories:
        same(found(collection, story.id), story)


def test_an_error_of_the_connection_is_no_fault_of_the_review(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def bulk_write(self, *_: Any, **__: Any) -> None:
            raise AutoReconnect("gone")

    story = Story(EventLog(pool))
    story.move("delete")
    away: Any = Away()
    with pytest.raises(AutoReconnect):
        Publisher("raw_store", raw_changes, RawStoreWriter(lambda: away), Positions(pool)).handle(story.events())
    assert Positions(pool).get("raw_store") == 0
    assert Positions(pool).parked.find("raw_store") == []


def test_every_recorded_event_folds_to_the_review_that_wrote_it(pool: Pool) -> None:
    story = Story(EventLog(pool))
    for name in ("on", "facts", "on", "delete", "words", "facts"):
        story.move(name)
    assert fold(story.id, story.events()) == story.review
    assert story.review.tenant == TENANT
