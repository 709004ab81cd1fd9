"""No personal data in logs, whoever logs and however: what is not on the allow-list is masked before it is rendered."""

from __future__ import annotations

import ast
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import TransientError
from telemetry.masking import KNOWN, MASK, foreign_message, masked, safe_exception

ROOT = Path(__file__).parents[2]
ROOMS = (
    "reviewstream",
    "streams",
    "projections",
    "services",
    "eventstore",
    "nlp",
    "connectors",
    "aggregates",
    "schemas",
)
PERSONAL = "Anna Example hated the soup"
UNKNOWN = st.text(min_size=1).filter(lambda key: key not in KNOWN)
VALUES = st.recursive(
    st.just(PERSONAL) | st.just(PERSONAL.encode()) | st.builds(ValueError, st.just(PERSONAL)),
    lambda inner: st.lists(inner, min_size=1, max_size=2) | st.dictionaries(st.text(), inner, min_size=1, max_size=2),
    max_leaves=4,
)


@given(given=st.dictionaries(UNKNOWN, VALUES, min_size=1))
def test_a_text_under_an_unknown_key_is_not_rendered(given: dict[str, Any]) -> None:
    line = json.dumps(masked(None, "info", {"event": "step.failed", **given}))
    assert "Anna" not in line
    assert set(json.loads(line).values()) == {"step.failed", MASK}


@given(key=st.sampled_from(sorted(KNOWN)), value=VALUES.filter(lambda value: not isinstance(value, str)))
def test_under_a_known_key_only_what_our_code_puts_there_is_rendered(key: str, value: Any) -> None:
    """Objects, bytes and mappings have no form that anybody has looked at."""
    shown = masked(None, "info", {key: value})[key]
    assert shown == MASK or all(isinstance(each, str) for each in value)


@given(args=st.lists(st.just(PERSONAL) | st.builds(ValueError, st.just(PERSONAL)) | st.integers(), min_size=1))
def test_arguments_of_a_library_s_message_are_masked(args: list[object]) -> None:
    record = logging.LogRecord("faust", logging.ERROR, "x.py", 1, " ".join(["%r"] * len(args)), tuple(args), None)
    assert "Anna" not in foreign_message(record)


@pytest.mark.parametrize("name", ["requests", "some.library", "root"])
def test_a_message_of_an_unknown_library_that_is_put_together_already_is_masked(name: str) -> None:
    assert foreign_message(logging.LogRecord(name, logging.ERROR, "x.py", 1, PERSONAL, None, None)) == MASK


def fail() -> None:
    try:
        int(PERSONAL)
    except ValueError as cause:
        raise TransientError("the raw store did not confirm in time") from cause


def test_an_error_is_shown_as_its_classes_and_its_way_and_only_our_own_texts() -> None:
    with pytest.raises(TransientError) as raised:
        fail()
    event = safe_exception(None, "error", {"event": "e", "exc_info": raised.value})
    assert event["exception"] == "TransientError: the raw store did not confirm in time <- ValueError: ValueError"
    assert event["at"][-1].endswith(" fail")


LIBRARIES = f"""
import asyncio, logging, threading, warnings
import structlog
from telemetry import logs
logs.configure("info", process="tester")
personal = {PERSONAL!r}
def fail():
    raise ValueError(personal)
for name in ("faust.agents.agent", "mode.services", "aiokafka.consumer", "psycopg.pool", "pymongo", "root"):
    logger = logging.getLogger(name)
    logger.warning("about %r: %s", personal, ValueError(personal))
    logger.warning("about %(it)s", {{"it": personal}})
    try:
        fail()
    except ValueError as error:
        logger.exception("it failed: %r", error, extra={{"personal": personal}})
        structlog.get_logger().exception("ours", review=personal)
import mode
class Service(mode.Service):
    pass
Service().log.error("crashed: %r", ValueError(personal), exc_info=ValueError(personal))
warnings.warn(personal)
async def task():
    asyncio.create_task(forgotten())
    await asyncio.sleep(0)
async def forgotten():
    fail()
asyncio.run(task())
thread = threading.Thread(target=fail, name="worker")
thread.start()
thread.join()
fail()
"""


def test_libraries_tasks_threads_and_uncaught_errors_quote_nobody() -> None:
    done = subprocess.run([sys.executable, "-c", LIBRARIES], capture_output=True, check=False, cwd=ROOT)
    assert done.returncode == 1
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert "Anna" not in done.stderr.decode()
    assert all(line["process"] == "tester" for line in lines)
    assert {"ours", "thread.ended_by_an_error", "process.ended_by_an_error", "about ***: ValueError"} <= {
        line["event"] for line in lines
    }
    assert sum("ValueError" in line.get("exception", "") for line in lines) >= 12


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call of a structlog logger in the product, with its place."""
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"debug", "info", "warning", "error", "exception", "critical"}
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id in {"log", "_logger"}
            ):
                yield f"{path.name}:{node.lineno}", node


def test_our_own_events_are_literals_and_their_keys_are_on_the_list() -> None:
    found = list(calls())
    assert len(found) > 15
    for at, call in found:
        assert isinstance(call.args[0], ast.Constant), f"{at}: an event's name is a literal"
        keys = {keyword.arg for keyword in call.keywords} - {None, "exc_info"}
        assert keys <= KNOWN, f"{at}: {keys - KNOWN} would be masked; see telemetry/masking.py"
