"""Libraries' lines and warnings show the words of their code, and no text that was given to them."""

from __future__ import annotations

import ast
import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from importlib.machinery import PathFinder
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.foreign import foreign_message, warning
from telemetry.literals import MASK
from tests.telemetry.speaking import HIDDEN, KEPT, LOGGED, WARNED

ROOT = Path(__file__).parents[2]
PERSONAL = "Anna Example hated the soup"


@pytest.mark.parametrize("words", LOGGED)
@settings(deadline=None)
@given(text=st.text() | st.just(PERSONAL))
def test_a_line_shows_the_words_of_its_code_and_masks_what_was_put_in(words: str, text: str) -> None:
    LOGGED[words](text)
    assert KEPT.messages.pop() == words


@pytest.mark.parametrize("way", HIDDEN)
@settings(deadline=None)
@given(text=st.text(min_size=1) | st.just(PERSONAL))
def test_a_text_that_no_literal_made_is_masked(way: str, text: str) -> None:
    HIDDEN[way](text)
    assert KEPT.messages.pop() == MASK


def warned(give: Callable[[str], None], text: str) -> tuple[str, list[str]]:
    given: list[tuple[str, list[str]]] = []

    def show(message, category, filename, lineno, file=None, line=None) -> None:
        given.append(warning(message, category, filename, lineno))

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = show
        give(text)
    return given[0]


@pytest.mark.parametrize("words", WARNED)
@settings(deadline=None)
@given(text=st.text() | st.just(PERSONAL))
def test_a_warning_shows_its_class_the_words_of_its_code_and_where(words: str, text: str) -> None:
    said, at = warned(WARNED[words], text)
    assert said == words
    assert all(each.startswith(("speaking.py:", f"{MASK}:5")) for each in at)
    assert any(each.startswith("speaking.py:") for each in at)


LIBRARIES = ("aiokafka", "faust", "mode", "psycopg", "psycopg_pool", "redis", "pymongo", "clickhouse_driver")


def literal_errors(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="warning" | "error" | "exception" | "critical"),
                args=[ast.Constant(value=str() as text), *_],
            ):
                yield node.lineno, text


def constants(library: str) -> Iterator[tuple[str, int, str]]:
    """File, line and text of a warning or error that is one literal, from each file of a library's that has one."""
    (root,) = PathFinder.find_spec(library).submodule_search_locations
    for path in Path(root).rglob("*.py"):
        if "log" in (source := path.read_text()):
            yield from islice(((str(path), *each) for each in literal_errors(ast.parse(source))), 1)


@pytest.mark.parametrize("library", LIBRARIES)
def test_what_the_libraries_say_is_readable(library: str) -> None:
    found = list(constants(library))
    assert found
    for path, line, text in found:
        record = logging.LogRecord(library, logging.ERROR, path, line, text, None, None)
        assert foreign_message(record) == text, f"{path}:{line}"


SCRIPT = """
import asyncio, logging, sys, threading, warnings
import structlog
from telemetry import logs
logs.configure("info", process="tester")
personal = sys.argv[1]
def fail():
    raise ValueError(personal)
for name in ("faust.agents.agent", "mode.services", "aiokafka.consumer", "psycopg.pool", "pymongo", "root", "asyncio"):
    logger = logging.getLogger(name)
    logger.warning("about %r: %s", personal, ValueError(personal))
    logger.warning("about %(it)s", {"it": personal})
    logger.warning(personal)
    logger.warning("%c", 10**10, personal)
    try:
        fail()
    except ValueError as error:
        logger.exception("it failed: %r", error, extra={"personal": personal})
        structlog.get_logger().exception("ours", review=personal)
import mode
class Service(mode.Service):
    @property
    def shortlabel(self):
        return personal
Service().log.error("crashed: %r", ValueError(personal), exc_info=ValueError(personal))
warnings.warn(personal)
warnings.warn("a warning of a script")
logging.getLogger("old").warn("an old way")
warnings.warn_explicit(personal, UserWarning, personal, 1)
async def task():
    asyncio.create_task(forgotten())
    asyncio.get_running_loop().call_soon(int, personal)
    await asyncio.sleep(0.01)
async def forgotten():
    fail()
asyncio.run(task())
thread = threading.Thread(target=fail, name="worker")
thread.start()
thread.join()
fail()
"""


def test_libraries_tasks_threads_warnings_and_uncaught_errors_quote_nobody(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    command = [sys.executable, "-W", "always", script, PERSONAL]
    done = subprocess.run(command, capture_output=True, check=False, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)})
    assert done.returncode == 1
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert "Anna" not in done.stderr.decode()
    assert all(line["process"] == "tester" for line in lines)
    assert {line.get("warning", line["event"]) for line in lines} >= {
        "ours", "thread.ended_by_an_error", "process.ended_by_an_error", "about ***: ValueError", "it failed: ValueError",
        "crashed: ValueError", "Task exception was never retrieved", "Exception in callback ***",
        "UserWarning: a warning of a script", "UserWarning: ***",
        "DeprecationWarning: The 'warn' method is deprecated, use 'warning' instead",
    }  # fmt: skip
    assert sum("ValueError" in line.get("exception", "") for line in lines) >= 12
    assert all(line["at"] for line in lines)
    old = next(line for line in lines if "'warn' method" in line.get("warning", ""))
    assert [each.partition(":")[0] for each in old["at"]] == ["script.py", "logging/__init__.py"]
