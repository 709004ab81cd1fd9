"""Pages that are written from the code say what the code says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reviewstream import settings_page
from schemas import describe

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(
    ("page", "render"),
    [("settings.md", settings_page.render), ("events.md", describe.render)],
    ids=["settings", "events"],
)
def test_a_written_page_is_up_to_date(page: str, render: Callable[[], str]) -> None:
    assert (DOCS / page).read_text() == render(), f"write it anew: see the second paragraph of docs/{page}"
