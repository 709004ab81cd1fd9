"""One stack for the short version; each test has tenants of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chaos.stack import Stack, stack


@pytest.fixture(scope="package")
def chaos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack whose workers can be told to fail."""
    with stack(tmp_path_factory.mktemp("chaos") / "data") as running:
        yield running
