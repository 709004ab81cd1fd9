"""What was sent, by the writer's own list, and what must have become of it."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DUE_AT_MOST = 2
"""Tenants of the proof are told about ratings up to 2, and not by sentiment: so the writer's list alone says who is due."""


@dataclass
class Expected:
    """What must have become of one run. `editions` has each review's different texts in order."""

    messages: int = 0
    broken: set[tuple[int, int]] = field(default_factory=set)
    editions: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    @property
    def accepted(self) -> int:
        """Items that became events."""
        return sum(map(len, self.editions.values()))

    @property
    def final(self) -> dict[str, tuple[int, str]]:
        """The last revision and its text by review."""
        return {name: (len(found), found[-1]["content"]) for name, found in self.editions.items()}

    def may_notify(self) -> set[tuple[str, int]]:
        """(review, revision) of every edition that somebody wants to hear of."""
        listed = ((name, n, each) for name, found in self.editions.items() for n, each in enumerate(found, 1))
        return {(name, n) for name, n, each in listed if each["rating"] <= DUE_AT_MOST}

    def must_notify(self) -> set[tuple[str, int]]:
        """The same for last editions: earlier ones may have been overtaken."""
        return {(name, n) for name, n in self.may_notify() if n == len(self.editions[name])}


def read(path: Path) -> Expected:
    """The expectation; messages of one partition count in the order of the broker."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    expected = Expected(messages=len(lines))
    for line in sorted(lines, key=lambda line: (line["partition"], line["offset"])):
        review = line["review"]
        if line["kind"] == "broken":
            expected.broken.add((line["partition"], line["offset"]))
            continue
        editions = expected.editions[review["external_id"]]
        if not editions or editions[-1] != review:
            editions.append(review)
    return expected
