"""One stack for all end-to-end tests; each test has a tenant of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.pipeline import SHARED, Pipeline

NUMBERS = itertools.count(1)


@pytest.fixture(scope="package")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """The stack, started by `reviewstream up --detach`."""
    running = Pipeline(tmp_path_factory.mktemp("e2e") / "data")
    running.ok("up", "--detach")
    try:
        yield running
    finally:
        running.parts.__exit__(None, None, None)
        running.ok("down")


@pytest.fixture
def tenant(pipeline: Pipeline) -> str:
    """A new tenant."""
    slug = f"tenant-{next(NUMBERS)}"
    pipeline.ok("tenant", "create", slug)
    return slug


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real reviews, where they lie."""
    if not SHARED.is_dir():
        pytest.skip(f"needs the real reviews in {SHARED.parent.name}/{SHARED.name} beside the repository")
    return SHARED
