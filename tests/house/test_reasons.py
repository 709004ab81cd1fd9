"""Every reason for a dead letter that the code gives is in schemas/reasons.py, and docs/dead-letters.md lists them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregates.review.validation import _REASONS
from schemas.reasons import REASONS
from tests.aggregates.test_validation_rules import REFUSED
from tests.hostile.validating import corpus, outcomes

ROOT = Path(__file__).parents[2]
AT_THE_EDGE = (
    "aggregates/review/validation.py", "schemas/cloudevents.py", "schemas/strictjson.py", "schemas/codec.py",
    "schemas/foreign.py", "streams/steps/collect.py", "streams/runtime/step_runtime.py", "streams/dead_letters/sink.py",
)  # fmt: skip


def given(path: Path) -> Iterator[str]:
    """The texts that a file gives as `reason=…`, and to a function `_wrong`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            values = [each.value for each in node.keywords if each.arg == "reason"]
            if isinstance(node.func, ast.Name) and node.func.id == "_wrong":
                values.append(node.args[0])
            for value in values:
                yield from (each.value for each in ast.walk(value) if isinstance(each, ast.Constant))


@pytest.mark.parametrize("name", AT_THE_EDGE)
def test_reasons_of_the_code_are_registered(name: str) -> None:
    found = set(given(ROOT / name))
    assert found <= REASONS.keys()
    assert found


def test_reasons_of_hostile_messages_are_registered() -> None:
    found = {reason for case in corpus() for reason, _ in outcomes(case.headers, case.value)} - {"accepted"}
    assert found | {reason for *_, reason in REFUSED} | set(_REASONS.values()) <= REASONS.keys()


def test_the_page_lists_them() -> None:
    page = (ROOT / "docs/dead-letters.md").read_text()
    section = page.partition("## Reasons")[2].partition("\n## ")[0]
    assert dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", section, re.MULTILINE)) == dict(REASONS)
