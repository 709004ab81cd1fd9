"""The garbage collector is left as it was found, whatever the work came to."""

from __future__ import annotations

import gc

import pytest

from telemetry.gc_tuning import THRESHOLDS, gc_frozen


@gc_frozen()
def failing() -> None:
    assert gc.get_threshold() == THRESHOLDS
    assert gc.get_freeze_count() > 0
    raise ValueError("half-way")


def test_it_is_calm_meanwhile_and_as_before_afterwards() -> None:
    before = gc.get_threshold()
    with pytest.raises(ValueError, match="half-way"):
        failing()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
