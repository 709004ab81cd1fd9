"""The same input names the same thing, other input another."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregates.ids import dead_letter_id, event_id, notification_id, raw_review_id, review_id

STREAM = UUID("33333333-3333-4333-8333-333333333333")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
TOPIC = st.from_regex(r"[a-z._]{1,12}", fullmatch=True)
COUNT = st.integers(1, 12)


def test_ids_are_pinned():
    assert review_id(STREAM, "blue-harbour", "r-1") == UUID("5fe4c44c-2c17-5398-a494-56b7405badac")
    assert event_id(STREAM, "review.collected", 1, "", 1) == UUID("7c6dfb8a-eb82-5a28-9213-693e988dd3ad")
    assert notification_id(STREAM, 1, "kafka", "rating<=2") == UUID("b97b8efe-e4ec-52b5-9fc4-48c4aa241989")
    assert raw_review_id(STREAM) == "1e74b27e3c14a47123af04bc"
    assert dead_letter_id("reviews.inbound", 3, 14, 0) == UUID("ac4db71a-83d1-5edb-a45a-b2e70d299562")


@settings(max_examples=50)
@given(st.lists(st.tuples(st.uuids(), TEXT, TEXT), min_size=2, max_size=8, unique=True))
def test_reviews_of_other_tenants_sources_or_names_are_other_reviews(keys):
    assert len({review_id(*key) for key in keys}) == len(keys)


@pytest.mark.parametrize("pair", [("a/b", "c"), ("a", "b/c"), ('a", "b', "c"), ("", "a"), ("a", "")])
def test_separators_in_names_do_not_blur_reviews(pair):
    others = {("a", 'b", "c'), ("b", "c"), ("a b", "c")}
    assert review_id(STREAM, *pair) not in {review_id(STREAM, *other) for other in others}


@settings(max_examples=50)
@given(st.lists(st.tuples(TOPIC, COUNT, TEXT, COUNT), min_size=2, max_size=8, unique=True))
def test_events_differ_by_topic_revision_version_and_attempt(keys):
    assert len({event_id(STREAM, *key) for key in keys}) == len(keys)


@settings(max_examples=50)
@given(st.tuples(TOPIC, COUNT, TEXT, COUNT))
def test_event_ids_are_of_their_stream_and_repeatable(key):
    assert event_id(STREAM, *key) == event_id(STREAM, *key) != event_id(UUID(int=1), *key)


def test_versions_that_look_like_numbers_do_not_blur_events():
    assert event_id(STREAM, "t", 1, "1/1", 1) != event_id(STREAM, "t", 1, "1", 1)
    assert event_id(STREAM, "t", 1, "", 11) != event_id(STREAM, "t", 11, "", 1)


@settings(max_examples=50)
@given(st.uuids(), st.uuids())
def test_raw_review_ids_are_object_ids(one, other):
    assert re.fullmatch(r"[0-9a-f]{24}", raw_review_id(one))
    assert (raw_review_id(one) == raw_review_id(other)) == (one == other)


@settings(max_examples=50)
@given(st.lists(st.tuples(TOPIC, COUNT, COUNT, COUNT), min_size=2, max_size=8, unique=True))
def test_dead_letters_differ_by_where_they_stood(places):
    assert len({dead_letter_id(*place) for place in places}) == len(places)
