"""Wires the shared fixtures, and deals the tests out to processes that run side by side."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.elsewhere import only_what_uses_them

pytest_plugins = ["tests.servers", "tests.effort"]

TOGETHER = ("tests/e2e", "tests/chaos", "tests/faults", "tests/debezium")
"""Their tests share a running stack, so one process has them all. They take longest and therefore begin first."""
LONG = ("tests/streams/test_app.py", "tests/streams/test_standstill.py", "tests/demo/test_captured_demo.py")
"""These come next: begun last, one process would have them while the other has nothing left to do."""


def group(nodeid: str) -> str:
    """Which tests run in one process, one after the other: those of a file, or of a package of TOGETHER."""
    return next((package for package in TOGETHER if nodeid.startswith(f"{package}/")), nodeid.partition("::")[0])


class Grouped(LoadScopeScheduling):
    """Deals out groups instead of single tests: what they set up together is set up once."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Grouped:
    return Grouped(config, log)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--elsewhere", action="store_true", help="only tests that use a server named by REVIEWSTREAM_TEST_*_URL"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("elsewhere"):
        items[:], others = only_what_uses_them(items)
        config.hook.pytest_deselected(items=others)
    rank = {name: place for place, name in enumerate((*TOGETHER, *LONG))}
    items.sort(key=lambda item: rank.get(group(item.nodeid), len(rank)))
