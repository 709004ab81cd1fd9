"""What only `make faults` has time for. A mark and no skip within the test: the servers would have been started for nothing."""

from __future__ import annotations

import os

import pytest

LENGTH = "REVIEWSTREAM_FAULT_SECONDS"
"""Seconds that a fault lasts; `make faults` sets it."""
only_in_make_faults = pytest.mark.skipif(LENGTH not in os.environ, reason="runs in `make faults`")
