"""The list of failpoints in docs/reliability.md, the plans of the chaos runs, and the code name the same points."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

from tests.chaos.planted import bugs
from tests.chaos.schedule import POINTS
from tests.recovery.conftest import RECOVERY_POINTS

ROOT = Path(__file__).parents[2]
ROOMS = (
    "schemas",
    "aggregates",
    "connectors",
    "nlp",
    "eventstore",
    "services",
    "streams",
    "projections",
    "operations",
    "reviewstream",
)


@cache
def in_code() -> Counter[str]:
    """Every point, and at how many places it stands."""
    calls = (
        call
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "failpoints.hit"
    )
    return Counter(ast.literal_eval(call.args[0]) for call in calls)


def test_each_point_stands_at_one_place() -> None:
    assert len(in_code()) >= 20
    assert set(in_code().values()) == {1}


def test_the_page_lists_every_point() -> None:
    page = (ROOT / "docs/reliability.md").read_text()
    listed = re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|", page, re.MULTILINE)
    assert sorted(listed) == sorted(in_code())


def test_chaos_breaks_at_every_point() -> None:
    """But at those of a recovery, which the tests of recovery pass."""
    assert sorted([*POINTS, *RECOVERY_POINTS]) == sorted(in_code())


def test_every_planted_bug_still_applies_and_names_real_points() -> None:
    assert len(bugs()) >= 10
    for bug in bugs():
        assert not bug.applies(ROOT), f"{bug.name}: make the patch again: {bug.applies(ROOT)}"
        assert set(re.findall(r"([a-z_.]+)=", bug.plan)) <= set(in_code()), bug.name
