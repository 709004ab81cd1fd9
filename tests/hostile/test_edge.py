"""Whatever comes in, the edge says yes or names a reason: every case of the table, and ten thousand drawn ones."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.cloudevents import AVRO, BATCH, JSON, STRUCTURED
from tests.effort import examples
from tests.hostile.messages import ENVELOPE, GOOD, Case, event
from tests.hostile.validating import corpus, outcomes

CORPUS = corpus()
TYPES = st.sampled_from([JSON, AVRO, STRUCTURED, BATCH, "text/plain", ""])
SMALL = [case for case in CORPUS if len(case.value or b"") < 2_000]
LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
LEAF |= st.sampled_from(["2024-09-01", "\0", "\ud800", "1.0", "review.submitted", 10**400])
TREE = st.recursive(
    LEAF, lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=8), below, max_size=3)
)
CHANGES = st.dictionaries(st.sampled_from([*GOOD, "title", "metadata", "author_name", "url"]), TREE, max_size=3)


def test_the_table_is_large_and_its_names_differ() -> None:
    assert len(CORPUS) >= 200
    assert len({case.name for case in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name.encode("ascii", "backslashreplace").decode()[:60])
def test_each_case_is_validated_and_always_in_the_same_way(case: Case) -> None:
    found = outcomes(case.headers, case.value)
    assert found
    assert all(reason and details for reason, details in found)
    assert outcomes(case.headers, case.value) == found


def test_the_table_has_both_good_and_bad() -> None:
    reasons = [reason for case in CORPUS for reason, _ in outcomes(case.headers, case.value)]
    assert len(set(reasons)) >= 20
    assert 50 <= sum(reason == "accepted" for reason in reasons) < len(reasons) - 200


@st.composite
def messages(draw: st.DrawFn) -> tuple[list[tuple[str, bytes]], bytes | None]:
    """A message that is wholly random, a case of the table that was bent, or a good one with drawn values."""
    kind = draw(st.integers(0, 3))
    if kind == 0:
        names = st.sampled_from(["content-type", *ENVELOPE, "ce_problem"]) | st.text(max_size=6)
        return draw(st.lists(st.tuples(names, st.binary(max_size=12)), max_size=6)), draw(
            st.none() | st.binary(max_size=60)
        )
    if kind == 1:
        case = draw(st.sampled_from(SMALL))
        return list(case.headers), _bent(draw, case.value or b"")
    attributes = [("content-type", draw(TYPES).encode()), *((name, value.encode()) for name, value in ENVELOPE.items())]
    review: Any = {**GOOD, **draw(CHANGES)}
    body = review if kind == 2 else draw(st.sampled_from([event(data=review), [event(data=review)], review]))
    return attributes, json.dumps(body).encode("utf-8", "surrogatepass")


def _bent(draw: st.DrawFn, value: bytes) -> bytes:
    at, length = draw(st.integers(0, len(value))), draw(st.integers(0, 4))
    return value[:at] + draw(st.binary(max_size=4)) + value[at + length :]


@pytest.mark.no_cover  # counting lines takes three times as long as validating; the table covers the same lines
@pytest.mark.timeout(300)
@settings(max_examples=examples(10_000, 500))
@given(messages())
def test_anything_is_validated_without_another_error_and_always_in_the_same_way(message: Any) -> None:
    headers, value = message
    assert repr(outcomes(headers, value)) == repr(outcomes(headers, value))
