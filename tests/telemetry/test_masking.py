"""No personal data in logs, whoever logs and however: what is not on the allow-list is masked before it is rendered."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import TransientError
from telemetry.literals import MASK
from telemetry.masking import IDENTIFIERS, KNOWN, masked, safe_exception

ROOT = Path(__file__).parents[2]
ROOMS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
LOGS = re.compile(r"(log|_logger|structlog\.get_logger\(__name__\))\.(debug|info|warning|error|exception|critical)")
UUID_FORM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
PERSONAL = "Anna Example hated the soup"
UNKNOWN = st.text(min_size=1).filter(lambda key: key not in KNOWN | IDENTIFIERS)
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


@given(key=st.sampled_from(sorted(IDENTIFIERS)), value=st.text() | st.uuids().map(str))
def test_an_identifier_is_shown_in_the_form_of_an_identifier_only(key: str, value: str) -> None:
    shown = masked(None, "info", {key: value})[key]
    assert shown == (value if UUID_FORM.fullmatch(value) else MASK)


def fail() -> None:
    try:
        int(PERSONAL)
    except ValueError as cause:
        raise TransientError("the raw store did not confirm in time") from cause


def test_an_error_is_shown_as_its_classes_and_its_way_and_only_our_own_texts() -> None:
    with pytest.raises(TransientError) as raised:
        fail()
    event = safe_exception(None, "error", {"event": "e", "exc_info": raised.value})
    assert event["exception"] == "TransientError: the raw store did not confirm in time <- ValueError"
    assert event["at"][-1].endswith(" fail")


def calls() -> Iterator[tuple[str, ast.Call, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every call of a structlog logger in the product, with its place and the function around it."""
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        if "structlog" not in (text := path.read_text()):
            continue
        for function in ast.walk(ast.parse(text)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.Call) and LOGS.fullmatch(ast.unparse(node.func)):
                        yield f"{path.name}:{node.lineno}", node, function


def keys(call: ast.Call, function: ast.AST) -> set[str]:
    """The keys that a call gives, those of a mapping that the function makes of literals included."""
    given = {keyword.arg for keyword in call.keywords if keyword.arg is not None}
    for keyword in (keyword for keyword in call.keywords if keyword.arg is None):
        made = [
            node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == ast.unparse(keyword.value)
        ]
        assert len(made) == 1, "one mapping of literal keys, made where it is logged"
        assert isinstance(made[0], ast.Dict)
        given |= {ast.literal_eval(key) for key in made[0].keys if key is not None}
    return given


def test_our_own_events_are_literals_and_their_keys_are_on_the_list() -> None:
    found = list(calls())
    assert len(found) >= 40
    assert {at.partition(":")[0] for at, _, _ in found} >= {
        "logs.py",
        "hung_server.py",
        "consumer.py",
        "step_runtime.py",
    }
    for at, call, function in found:
        assert isinstance(call.args[0], ast.Constant), f"{at}: an event's name is a literal"
        unknown = keys(call, function) - KNOWN - IDENTIFIERS - {"exc_info"}
        assert not unknown, f"{at}: {unknown} would be masked; see telemetry/masking.py"
