"""The store step on a real raw store: repeats and late old revisions change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from bson import ObjectId
from hypothesis import given, settings
from hypothesis import strategies as st
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from aggregates.ids import raw_review_id
from aggregates.review.aggregate import Review
from aggregates.review.collect import collect
from connectors import mongo
from schemas.errors import TransientError
from streams.raw_documents import document, settle
from streams.runtime.step import Done, Work
from streams.steps.store_raw import Store
from tests.effort import examples
from tests.streams.making import NOW, TENANT, collected, draft, work


@pytest.fixture(scope="module")
def raw(mongo_url: str) -> Iterator[Collection[dict[str, Any]]]:
    with mongo.connect(mongo_url) as client:
        yield client[f"test_{uuid4().hex}"]["raw_reviews"]


def revisions(count: int) -> list[Review]:
    """The same review at revision 1 … count."""
    change = collected(content="Words of revision 1.")
    found = [change.review.after(change.events)]
    for number in range(2, count + 1):
        again = draft(found[0].body.external_id, content=f"Words of revision {number}.")
        found.append(found[-1].after(collect(found[-1], again, now=NOW)))
    return found


def stored(raw: Collection[dict[str, Any]], review: Review) -> dict[str, Any] | None:
    return raw.find_one({"_id": ObjectId(raw_review_id(review.id))})


async def test_a_document_is_what_the_data_model_says(raw: Collection[dict[str, Any]]) -> None:
    change = collected("x1", title="Cold", author_name="A. Writer", metadata={"room": "7"})
    review = change.review.after(change.events)
    (outcome,) = await Store(raw, now=lambda: NOW).perform([work(review)])
    assert isinstance(outcome, Done)
    (event,) = outcome.events
    assert len(event.raw_review_id) == 24
    assert stored(raw, review) == {
        "_id": ObjectId(event.raw_review_id),
        "review_id": str(review.id),
        "tenant_id": str(TENANT),
        "source_id": "harbour",
        "platform": "",
        "external_id": "x1",
        "revision": 1,
        "author": {"name": "A. Writer", "id": None},
        "title": "Cold",
        "content": "The coffee was cold.",
        "rating": 2.0,
        "date": review.body.published_at,
        "year_month": "2026-02",
        "metadata": [{"name": "room", "value": "7"}],
        "collected_at": NOW,
        "version": 1,
    }


async def test_a_repeat_is_success_and_leaves_one_document(raw: Collection[dict[str, Any]]) -> None:
    batch = [work(revisions(1)[0]) for _ in range(5)]
    store = Store(raw, now=lambda: NOW)
    first = await store.perform(batch)
    fresh = work(revisions(1)[0])
    assert list(await store.perform([*batch, fresh]))[:5] == list(first)
    for each in (*batch, fresh):
        assert raw.count_documents({"review_id": str(each.review.id)}) == 1


@settings(max_examples=examples(25))
@given(order=st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=3), min_size=1, max_size=5))
def test_whatever_comes_late_or_twice_the_newest_revision_stands(
    raw: Collection[dict[str, Any]], order: list[list[int]]
) -> None:
    found = revisions(4)
    for batch in order:
        Store(raw).write([found[number] for number in batch])
    newest = found[max(number for batch in order for number in batch)]
    document_ = stored(raw, newest)
    assert document_ is not None
    assert document_["revision"] == newest.revision
    assert document_["content"] == newest.body.content
    assert raw.count_documents({"review_id": str(newest.id)}) == 1


async def test_another_error_of_one_document_is_raised_and_the_others_are_written(
    raw: Collection[dict[str, Any]],
) -> None:
    good, bad = (work(revisions(1)[0]) for _ in range(2))
    strict = raw.database["strict"]
    raw.database.create_collection("strict")
    strict.create_index([("review_id", 1)], unique=True)
    strict.insert_one({**document(bad.review), "_id": ObjectId()})
    # The unique index stands for any refusal that is not about the document's own id.
    assert refuses(strict, bad)
    Store(strict).write([good.review])
    assert stored(strict, good.review) is not None


def refuses(collection: Collection[dict[str, Any]], each: Work) -> bool:
    try:
        Store(collection).write([each.review])
    except BulkWriteError:
        return True
    return False


@pytest.mark.parametrize(
    ("details", "raised"),
    [
        ({"writeErrors": [{"code": 11000, "keyPattern": {"_id": 1}}]}, None),
        ({"writeErrors": [{"code": 11000}]}, None),
        ({"writeErrors": [{"code": 11000, "keyPattern": {"review_id": 1}}]}, BulkWriteError),
        ({"writeErrors": [{"code": 11000}, {"code": 121}]}, BulkWriteError),
        ({"writeErrors": [], "writeConcernErrors": [{"code": 64}]}, TransientError),
    ],
)
def test_only_the_duplicate_of_an_id_is_success(details: dict[str, Any], raised: type[Exception] | None) -> None:
    error = BulkWriteError(details)
    if raised is None:
        settle(error)
        return
    with pytest.raises(raised):
        settle(error)
