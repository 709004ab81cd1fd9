"""What a reprocessing run that did not wait may say: how many are in flight, and no outcome that it has not seen."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.reprocess_pages import say_outcome
from streams.reprocessing.run_options import Order, Tally

ORDER = Order("2", UUID(int=1))
few = st.integers(0, 9)


@given(few, few, few, few, few)
def test_every_requested_review_has_an_outcome_or_is_in_flight(
    seen: int, revised: int, troubled: int, flying: int, underway: int
) -> None:
    asked = seen + revised + troubled + flying
    tally = Tally(asked=asked, underway=underway, analysed=seen, revised=revised, troubled=troubled)
    assert tally.in_flight == flying + underway


def test_it_is_said_to_people_and_to_programs(capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally(asked=5, analysed=2)
    say_outcome(ORDER, tally, 1.0, as_json=True)
    assert json.loads(capsys.readouterr().out)["in_flight"] == 3
