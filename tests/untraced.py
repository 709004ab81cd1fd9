"""The environment for processes that run as a user's do: the tests' measuring of lines would halve their speed."""

from __future__ import annotations

import os


def untraced() -> dict[str, str]:
    """This process's environment without what makes Python count lines; the tests of each part count theirs."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_PROCESS_")}
