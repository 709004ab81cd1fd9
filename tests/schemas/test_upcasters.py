"""Old records become new ones, one version at a time."""

from __future__ import annotations

import copy
import io
from dataclasses import replace

import fastavro
import pytest
from hypothesis import given, settings

from schemas.codec import classes, decode, decode_record, encode, encode_with
from schemas.errors import UnknownSchema
from schemas.events.review import ReprocessingRequested
from schemas.record import to_record
from schemas.registry import contract, contracts, newest
from schemas.upcasters import UPCASTERS, upcast, upcaster
from tests.schemas.strategies import instances, records


def _adding(name: str):
    return lambda record: {**record, "seen": [*record.get("seen", []), name]}


CHAIN = {("review.tested", version): _adding(f"{version}->{version + 1}") for version in (1, 2, 3)}


@pytest.mark.parametrize(
    ("version", "seen"),
    [(1, ["1->2", "2->3", "3->4"]), (2, ["2->3", "3->4"]), (3, ["3->4"])],
)
def test_links_are_applied_in_order_from_the_written_version(version, seen):
    assert upcast("review.tested", version, 4, {"a": 1}, CHAIN) == {"a": 1, "seen": seen}


def test_the_newest_version_passes_untouched():
    record = {"a": 1}
    assert upcast("review.tested", 4, 4, record, CHAIN) is record


def test_upcasting_leaves_the_written_record_alone():
    record = {"a": 1}
    upcast("review.tested", 1, 4, record, CHAIN)
    assert record == {"a": 1}


def test_missing_link_names_topic_and_versions():
    chain = {link: function for link, function in CHAIN.items() if link[1] != 2}
    with pytest.raises(UnknownSchema, match=r"review\.tested v2 to v3; add one") as caught:
        upcast("review.tested", 1, 4, {}, chain)
    assert caught.value.reason == "missing_upcaster"


def test_links_of_another_topic_do_not_help():
    with pytest.raises(UnknownSchema, match=r"review\.other v1 to v2"):
        upcast("review.other", 1, 2, {}, CHAIN)


def test_decorator_registers_and_hands_back_the_function(monkeypatch):
    monkeypatch.delitem(UPCASTERS, ("review.tested", 9), raising=False)
    try:
        function = upcaster("review.tested", 9)(_adding("9->10"))
        assert upcast("review.tested", 9, 10, {}) == function({})
    finally:
        UPCASTERS.pop(("review.tested", 9))


def test_every_older_version_that_is_committed_has_its_link():
    for each in contracts().values():
        if each.version < newest(each.topic).version:
            assert (each.topic, each.version) in UPCASTERS


@pytest.mark.parametrize("link", sorted(UPCASTERS), ids=str)
def test_every_upcaster_is_pure_and_what_it_makes_is_written_by_the_next_version(link):
    topic, version = link
    before, after = of(topic, version), of(topic, version + 1)

    @given(records(before.id))
    def holds(record):
        given_to_it = copy.deepcopy(record)
        first, second = UPCASTERS[link](record), UPCASTERS[link](copy.deepcopy(record))
        assert record == given_to_it, "it has changed what it was given"
        assert first == second, "it says something else the second time"
        schema, read = decode_record(encode_with(after, first))
        assert schema is after
        assert read == first, "it makes something that the next version does not have"

    holds()


@pytest.mark.parametrize("schema_id", sorted(contracts()))
def test_a_chain_from_any_version_ends_in_the_newest_ones_fields(schema_id):
    found = contract(schema_id)
    last = newest(found.topic)

    @settings(max_examples=30)
    @given(records(schema_id))
    def holds(record):
        read = upcast(found.topic, found.version, last.version, record)
        assert read.keys() == {field["name"] for field in last.source["fields"]}
        value = decode(encode_with(found, record))
        assert type(value) is classes()[found.topic]
        assert decode(encode(value)) == value, "the newest version cannot write what was read"

    holds()


def test_an_impure_upcaster_would_be_noticed(monkeypatch):
    def impure(record):
        record["run_id"] = record["replaces"] = None
        return record

    link = ("review.reprocessing_requested", 1)
    monkeypatch.setitem(UPCASTERS, link, impure)
    with pytest.raises(AssertionError, match="it has changed what it was given"):
        test_every_upcaster_is_pure_and_what_it_makes_is_written_by_the_next_version(link)


def of(topic, version):
    return next(each for each in contracts().values() if (each.topic, each.version) == (topic, version))


@given(instances(ReprocessingRequested))
def test_a_request_of_version_1_says_of_no_run_and_of_nothing_replaced(event):
    written = {name: value for name, value in to_record(event).items() if name not in {"run_id", "replaces"}}
    body = io.BytesIO()
    fastavro.schemaless_writer(body, contract(12).parsed, written)
    read = decode(b"\0\0\0\0\x0c" + body.getvalue())
    assert read == replace(event, run_id=None, replaces=None)
