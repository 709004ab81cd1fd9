"""Pages that are written from the code say what the code says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewstream import settings_page
from schemas.tools import asyncapi, describe

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(
    ("page", "render"),
    [("settings.md", settings_page.render), ("events.md", describe.render), ("asyncapi.json", asyncapi.render)],
    ids=["settings", "events", "asyncapi"],
)
def test_a_written_page_is_up_to_date(page: str, render: Callable[[], str]) -> None:
    assert (DOCS / page).read_text() == render(), (
        f"write docs/{page} again: python -m {render.__module__} > docs/{page}"
    )


def test_every_variable_that_the_code_reads_is_documented() -> None:
    root = DOCS.parent
    sources = [
        path
        for room in ("reviewstream", "streams", "projections", "connectors")
        for path in (root / room).rglob("*.py")
    ]
    read = {name for path in sources for name in re.findall(r"REVIEWSTREAM_[A-Z0-9_]*[A-Z0-9]", path.read_text())}
    page = (DOCS / "settings.md").read_text()
    assert len(read) >= 8
    assert not sorted(name for name in read if name.removesuffix("_FILE") not in page)
