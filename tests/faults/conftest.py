"""One stack for all fault tests; the workers of each test are its own."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator

import pytest

from tests.faults.everything import LENGTH
from tests.faults.world import World

NUMBERS = itertools.count(1)


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The servers, with proxies before some of them."""
    made = World(tmp_path_factory.mktemp("faults") / "data")
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def source() -> str:
    """A source of this test's own."""
    return f"source-{next(NUMBERS)}"


@pytest.fixture(scope="session")
def seconds() -> float:
    """How long a fault lasts: REVIEWSTREAM_FAULT_SECONDS, 60 in `make faults`."""
    return float(os.environ.get(LENGTH, "4"))
