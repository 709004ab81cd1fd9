"""Documents of the raw store as messages: whatever they hold, validation gets a verdict out of it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bson import Decimal128, ObjectId
from hypothesis import given
from hypothesis import strategies as st

from schemas.cloudevents import parse
from sources.raw_store.documents import MOST_BYTES, message
from streams.raw_documents import document
from tests.hostile.validating import outcomes
from tests.streams.making import TENANT, advanced, collected

FULL = {
    "_id": ObjectId("0" * 24), "tenant_id": "blue-harbour", "source_id": "kiosk", "platform": "web", "external_id": "7",
    "author": {"name": "A guest", "id": "g7"}, "title": "Fine", "content": "The tea was hot.", "rating": Decimal128("4.5"),
    "date": datetime(2024, 5, 1, 9, 30, tzinfo=UTC), "metadata": [{"name": "floor", "value": "2"}],
    "collected_at": datetime(2024, 5, 2, tzinfo=UTC), "something_else": 1,
}  # fmt: skip
LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.binary(max_size=6)
LEAF |= st.datetimes() | st.decimals(allow_nan=False).map(Decimal) | st.just(ObjectId("1" * 24))
VALUE = st.recursive(LEAF, lambda below: st.lists(below, max_size=2) | st.dictionaries(st.text(max_size=5), below))
CHANGES = st.dictionaries(st.sampled_from([*FULL, "language", "url", "best_rating"]), VALUE, max_size=4)


def verdict(given: dict[str, Any]) -> tuple[str, Any]:
    made = message(given)
    (found,) = outcomes(list(made.headers), made.value)
    return found


def test_a_document_by_the_data_model_is_accepted_with_all_its_fields() -> None:
    outcome, values = verdict(FULL)
    assert outcome == "accepted"
    assert (values["source"], values["external_id"], values["rating"]) == ("kiosk", "7", 4.5)
    assert (values["title"], values["content"], values["metadata"]) == ("Fine", "The tea was hot.", {"floor": "2"})
    assert (values["author"].name, values["author"].id) == ("A guest", "g7")
    assert values["published_at"] == FULL["date"]


def test_without_an_external_id_the_document_s_own_is_it() -> None:
    _, values = verdict({name: value for name, value in FULL.items() if name != "external_id"})
    assert values["external_id"] == "0" * 24


def test_what_the_store_step_writes_would_come_in_as_what_it_was_made_of() -> None:
    change = collected("e1", title="A title", author_name="A guest", metadata={"floor": "2"}, published_at="2024-05-01")
    review = advanced(change.review.after(change.events), until="store")
    ours = document(review)
    (item,) = parse(message(ours).headers, message(ours).value)
    assert item.attributes["tenantid"] == str(TENANT)
    outcome, values = verdict(ours)
    assert outcome == "accepted"
    for name in ("source", "platform", "external_id", "title", "content", "rating", "author", "published_at"):
        assert values[name] == getattr(review.body, name), name


def test_one_that_is_too_large_is_named_so() -> None:
    outcome, (_, problem, raw) = verdict(FULL | {"content": "x" * MOST_BYTES})
    assert outcome == "unreadable_row"
    assert "larger than a message" in problem
    assert len(raw) == MOST_BYTES


@given(CHANGES)
def test_whatever_it_holds_it_is_accepted_or_refused_with_a_reason(changes: dict[str, Any]) -> None:
    bent = FULL | changes | {"_id": FULL["_id"]}
    outcome, found = verdict(bent)
    assert outcome
    assert found
    assert message(bent).value == message(bent).value
    assert dict(message(bent).headers)["ce_id"] == dict(message(bent).headers)["ce_id"]
