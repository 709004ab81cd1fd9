"""Takes the contracts of parcels up, from a directory of the test's own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.registry import extended
from schemas.tools.golden import complete
from tests.parcels import events

CONTRACTS = Path(__file__).with_name("contracts")


def copied(to: Path) -> Path:
    """The directory of contracts, for the test to change."""
    return Path(shutil.copytree(CONTRACTS, to / "contracts"))


@contextmanager
def registered(to: Path) -> Iterator[Path]:
    """With parcels, golden messages included."""
    directory = copied(to)
    with extended(directory, events):
        complete()
        yield directory
