"""docs/testing.md names every target of the Makefile, and says what stands for the long tests of each module."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/testing.md").read_text()
LONG = re.compile(r"\bmark\.long\b")


def with_long_tests() -> set[str]:
    """Paths below tests/ of the modules that mark something."""
    files = (ROOT / "tests").rglob("test_*.py")
    return {str(path.relative_to(ROOT / "tests")) for path in files if LONG.search(path.read_text())} - {
        "house/test_testing_page.py"
    }


def test_every_target_is_named() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"test", "test-all", "lint"} <= targets
    assert targets == set(re.findall(r"`make ([a-z-]+)", PAGE))


def test_every_module_with_long_tests_says_what_stands_for_them() -> None:
    rows = re.findall(r"^\| `([a-z0-9_/]+\.py)` \| .+ \| (.+) \|$", PAGE, re.MULTILINE)
    assert {module for module, _ in rows} == with_long_tests()


def test_every_file_that_it_names_is_there() -> None:
    named = set(re.findall(r"`(?:tests/)?([a-z0-9_/]+\.py)`", PAGE))
    assert len(named) > 20
    assert not [path for path in named if not any((ROOT / "tests").rglob(path))]
