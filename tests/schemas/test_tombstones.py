"""Messages without a value: which review they delete, named by headers, by the key, or by both."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.cloudevents import InboundItem, parse

KEY = {"tenant": "by-key", "source": "key's", "external_id": "key-1"}
HEADERS = {"ce_tenantid": "by-header", "ce_reviewsource": "header's", "ce_externalid": "header-1"}


def parsed(headers: dict[str, str], key: object = None, value: bytes | None = None) -> InboundItem:
    raw = key if isinstance(key, bytes | None) else json.dumps(key).encode()
    (item,) = parse([(name, text.encode()) for name, text in headers.items()], value, key=raw)
    return item


def named(item: InboundItem) -> tuple[Any, ...]:
    assert item.problem is None
    assert item.deletes
    assert item.data is not None
    return item.attributes["tenantid"], item.data["source"], item.data["external_id"]


def test_headers_name_the_review_and_so_does_the_key_and_headers_count_first() -> None:
    assert named(parsed(HEADERS)) == ("by-header", "header's", "header-1")
    assert named(parsed({}, KEY)) == ("by-key", "key's", "key-1")
    assert named(parsed({"ce_externalid": "header-1"}, KEY)) == ("by-key", "key's", "header-1")


def test_the_attributes_alone_name_it_too_as_a_dead_letter_has_no_key() -> None:
    attributes = parsed({}, KEY).attributes
    again = {f"ce_{name}": value for name, value in attributes.items()}
    assert named(parsed(again, value=b"")) == named(parsed({}, KEY))


@pytest.mark.parametrize(
    "key", [None, b"", b"key-1", b"\xff", b"[1]", b"{", {"tenant": 1, "source": None}, b"[" * 9_000]
)
def test_a_key_that_names_nothing_is_no_name(key: object) -> None:
    item = parsed({}, key)
    assert item.problem is not None
    assert (item.problem.reason, item.problem.field, item.data) == ("tombstone", "source", None)


def test_a_value_that_is_there_is_never_a_tombstone() -> None:
    """An empty body of a broken publisher must not delete what its key names."""
    assert parsed({"ce_type": "review.submitted"}, KEY, b"").deletes is False
    assert parsed({}, KEY, b"").problem is not None
    assert parsed({"ce_type": "review.submitted"}, KEY).problem is not None


@given(
    st.dictionaries(st.sampled_from([*KEY]), st.text()),
    st.dictionaries(st.sampled_from([*HEADERS]), st.text(max_size=5)),
)
def test_whatever_names_it_is_read_or_refused_and_attributes_can_be_stored(key: Any, headers: dict[str, str]) -> None:
    plain = {name: text.encode("utf-8", "replace").decode() for name, text in headers.items()}
    item = parsed(plain, key)
    assert (item.data is None) != (item.problem is None)
    assert all("\0" not in each and each.encode() is not None for each in item.attributes.values())
