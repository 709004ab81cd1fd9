"""One stack for all end-to-end tests; each test has a tenant of its own."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.e2e.pipeline import SHARED, Pipeline

NUMBERS = itertools.count(1)


@pytest.fixture(scope="package")
def pipeline(tmp_path_factory: pytest.TempPathFactory, settings_elsewhere: Mapping[str, str]) -> Iterator[Pipeline]:
    """The stack, started by `reviewstream up --detach`."""
    running = Pipeline(tmp_path_factory.mktemp("e2e") / "Gäste 評価")
    with patch.dict(os.environ, settings_elsewhere):
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
