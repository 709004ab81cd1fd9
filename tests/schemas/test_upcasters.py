"""Old records become new ones, one version at a time."""

from __future__ import annotations

import io
from dataclasses import replace

import fastavro
import pytest
from hypothesis import given

from schemas.codec import decode
from schemas.errors import UnknownSchema
from schemas.events import ReprocessingRequested
from schemas.record import to_record
from schemas.registry import contract, contracts, newest
from schemas.upcasters import UPCASTERS, upcast, upcaster
from tests.schemas.strategies import instances


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


@given(instances(ReprocessingRequested))
def test_a_request_of_version_1_says_of_no_run_and_of_nothing_replaced(event):
    written = {name: value for name, value in to_record(event).items() if name not in {"run_id", "replaces"}}
    body = io.BytesIO()
    fastavro.schemaless_writer(body, contract(12).parsed, written)
    read = decode(b"\0\0\0\0\x0c" + body.getvalue())
    assert read == replace(event, run_id=None, replaces=None)
