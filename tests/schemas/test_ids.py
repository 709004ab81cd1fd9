"""Schema ids are pinned for ever: bytes in the log and on topics name them."""

from __future__ import annotations

import json

import pytest

from schemas import registry
from schemas.errors import UnknownSchema
from schemas.registry import HERE, contract, contracts, newest

# Append to this list. Never change or remove an entry: stored bytes carry these numbers.
COMMITTED = [
    (1, "review.collected.v1"),
    (2, "review.revised.v1"),
    (3, "review.raw_stored.v1"),
    (4, "review.processed.v1"),
    (5, "review.sentiment_analyzed.v1"),
    (6, "review.analytics_updated.v1"),
    (7, "review.subscribers_notified.v1"),
    (8, "review.step_failed.v1"),
    (9, "review.analytics_rolled_back.v1"),
    (10, "review.marked_for_retry.v1"),
    (11, "review.abandoned.v1"),
    (12, "review.reprocessing_requested.v1"),
    (13, "inbound.review.v1"),
    (14, "step.batch.v1"),
    (15, "notification.review.v1"),
    (16, "deadletter.message.v1"),
    (17, "review.reprocessing_requested.v2"),
    (18, "review.subscribers_notified.v2"),
    (19, "review.marked_for_retry.v2"),
    (20, "review.facts_corrected.v1"),
    (21, "review.withdrawn.v1"),
    (22, "inbound.review.v2"),
    (23, "review.processed.v2"),
    (24, "review.sentiment_analyzed.v2"),
    (28, "topic_model.fitted.v1"),
    (29, "topic_model.edited.v1"),
    (34, "review.topics_assigned.v1"),
    (38, "alarm.raised.v1"),
    (39, "alarm.closed.v1"),
    (42, "review.label_disputed.v1"),
    (43, "review.dispute_withdrawn.v1"),
    (44, "calibration.changed.v1"),
]


def _pairs() -> list[tuple[str, int]]:
    """ids.json with repeated keys kept."""
    pinned: list[tuple[str, int]] = json.loads((HERE / "ids.json").read_text(), object_pairs_hook=list)
    return pinned


def test_pinned_ids_are_the_committed_ones():
    assert [(schema_id, name) for name, schema_id in _pairs()] == COMMITTED


def test_every_contract_file_is_pinned_exactly_once():
    files = sorted(path.name.removesuffix(".avsc") for path in (HERE / "avro").iterdir())
    assert sorted(name for name, _ in _pairs()) == files
    assert len({schema_id for _, schema_id in _pairs()}) == len(files)


def test_file_name_is_topic_and_version():
    for schema_id, name in COMMITTED:
        found = contract(schema_id)
        assert f"{found.topic}.v{found.version}" == name
        assert found.id == schema_id


def test_versions_of_a_contract_follow_each_other():
    for topic in {found.topic for found in contracts().values()}:
        versions = sorted(found.version for found in contracts().values() if found.topic == topic)
        assert versions == list(range(1, len(versions) + 1))
        assert newest(topic).version == versions[-1]


def test_unknown_id_says_which_are_known():
    last, _ = COMMITTED[-1]
    with pytest.raises(UnknownSchema, match=rf"{last + 1} is not pinned.*1 to {last}$") as caught:
        contract(last + 1)
    assert caught.value.reason == "unknown_schema"


def test_unknown_topic_is_refused():
    with pytest.raises(UnknownSchema, match=r"no contract is named review\.lost"):
        newest("review.lost")


def test_two_versions_of_the_same_record_do_not_disturb_each_other():
    routings = {"review.collected": contract(1).routing}
    first, second = (registry._load("review.collected.v1", number, routings, HERE) for number in (1, 2))
    assert first.parsed == second.parsed
