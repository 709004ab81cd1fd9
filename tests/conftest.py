"""Wires the shared fixtures, and deals the tests out to processes that run side by side."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from xdist.scheduler import LoadScopeScheduling

from tests.elsewhere import only_what_uses_them
from tests.header import seen

pytest_plugins = ["tests.servers", "tests.effort"]

FOR_TESTS = ("REVIEWSTREAM_TEST_", "REVIEWSTREAM_PROPERTY_", "REVIEWSTREAM_FAULT_")
TOGETHER = (
    "tests/e2e",
    "tests/debezium",
    "tests/recovery",
    "tests/docs",
    "tests/chaos",
    "tests/faults",
    "tests/tls",
    "tests/migrating",
)
"""Their tests share a running stack or servers of their own, so one process has them all. They begin first."""
BESIDE = {"tests/embedded/test_connect.py": "tests/debezium"}
"""Files that use what a package of TOGETHER has started."""
NEXT = tuple(
    f"tests/{name}.py"
    for name in (
        "demo/test_captured_demo", "streams/test_standstill", "streams/test_app", "streams/test_recovery",
        "streams/test_inbound_topic", "streams/test_raw_store_consumer", "embedded/test_whole_stack", "nlp/test_pool", "reviewstream/test_another_database",
    )
)  # fmt: skip
"""These wait for processes and come next: begun last, one of ours would have them while no other has anything to do."""


def group(nodeid: str) -> str:
    """Which tests run in one process, one after the other: those of a file, or of a package of TOGETHER."""
    file = nodeid.partition("::")[0]
    return BESIDE.get(file) or next((package for package in TOGETHER if file.startswith(f"{package}/")), file)


class Grouped(LoadScopeScheduling):
    """Deals out groups instead of single tests: what they set up together is set up once."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


@pytest.fixture(autouse=True)
def logging_put_back() -> Iterator[None]:
    """A command that a test runs in this process configures logging, with a standard error that ends with the test."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    if structlog.is_configured():
        structlog.reset_defaults()
    root.handlers[:] = before
    root.setLevel(level)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Grouped:
    return Grouped(config, log)


def pytest_report_header() -> list[str]:
    return seen()


def pytest_configure() -> None:
    """Settings of whoever runs the tests are not the tests'."""
    for name in [name for name in os.environ if name.startswith("REVIEWSTREAM_") and not name.startswith(FOR_TESTS)]:
        del os.environ[name]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--elsewhere", action="store_true", help="only tests that use a server named by REVIEWSTREAM_TEST_*_URL"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("elsewhere"):
        items[:], others = only_what_uses_them(items)
        config.hook.pytest_deselected(items=others)
    rank = {name: place for place, name in enumerate((*TOGETHER, *NEXT))}
    items.sort(key=lambda item: rank.get(group(item.nodeid), len(rank)))
