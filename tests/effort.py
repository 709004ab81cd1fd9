"""How much of the suite runs: what is marked `long` is left to `make test-all`, and so are most examples of a property.

A test that is named by itself (`file.py::test`) runs in any case.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

SHORT, LONG = "short", "long"
USUAL = 100
"""Hypothesis's own number of examples, and that of the profile LONG."""
LEFT = pytest.StashKey[int]()

_UNHURRIED: Any = {  # others may have the cores; and examples may share a database, if their test allows for it
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
}
settings.register_profile(SHORT, max_examples=USUAL // 5, derandomize=True, **_UNHURRIED)
settings.register_profile(LONG, max_examples=USUAL, **_UNHURRIED)
settings.load_profile(SHORT)


def examples(many: int, few: int | None = None) -> int:
    """`many` with `--hypothesis-profile=long`; else `few`: if that is not given a fifth, and three at least."""
    if settings.get_current_profile_name() != SHORT:
        return many
    return few or min(many, max(3, many // 5))


def pytest_configure(config: pytest.Config) -> None:
    if any("::" in argument for argument in config.args) and config.option.markexpr == "not long":
        config.option.markexpr = ""


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("long"):
            item.config.stash[LEFT] = item.config.stash.get(LEFT, 0) + 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    """One of xdist's processes tells the one that reports."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left"] = session.config.stash.get(LEFT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Each process has collected the same tests, and so has left out the same."""
    node.config.stash[LEFT] = getattr(node, "workeroutput", {}).get("left", 0)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if left := config.stash.get(LEFT, 0):
        terminalreporter.write_line(f'{left} long tests were left out: `make test-all` runs them, as does `-m ""`')
