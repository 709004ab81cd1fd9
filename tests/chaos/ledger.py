"""What was sent, by the writer's own list, and what must have become of it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DUE_AT_MOST = 2
"""Tenants of the proof are told about ratings up to 2, and not by sentiment: so the writer's list alone says who is due."""

WORDS = ("content", "rating")
"""What makes another edition; anything else of a review is facts."""


@dataclass
class Expected:
    """What must have become of one run. `editions` has each review's different texts in order, with their last facts.

    `counts` are items by outcome, broken ones apart; `gone` are the reviews whose last word was a deletion.
    """

    messages: int = 0
    broken: set[tuple[int, int]] = field(default_factory=set)
    editions: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    counts: Counter[str] = field(default_factory=Counter)
    gone: set[str] = field(default_factory=set)

    @property
    def final(self) -> dict[str, tuple[int, str, str]]:
        """The last revision, its text and its day, of each review that is there in the end."""
        there = {name: found for name, found in self.editions.items() if name not in self.gone}
        return {name: (len(found), found[-1]["content"], found[-1]["published_at"]) for name, found in there.items()}

    def take(self, kind: str, review: dict[str, Any]) -> None:
        """The next word about a review."""
        name = review["external_id"]
        outcome = self._outcome(kind, review)
        self.counts[outcome] += 1
        if outcome in {"accepted", "revised"}:
            self.editions[name].append(review)
        elif outcome == "corrected":
            self.editions[name][-1] = review
        if outcome == "withdrawn":
            self.gone.add(name)
        elif outcome == "revised":
            self.gone.discard(name)

    def _outcome(self, kind: str, review: dict[str, Any]) -> str:
        name = review["external_id"]
        known = self.editions.get(name)
        if kind == "deleted":
            return "withdrawn" if known and name not in self.gone else "deduplicated"
        if not known:
            return "accepted"
        if name in self.gone or any(known[-1][each] != review[each] for each in WORDS):
            return "revised"
        return "deduplicated" if known[-1] == review else "corrected"

    def may_notify(self) -> set[tuple[str, int]]:
        """(review, revision) of every edition that somebody wants to hear of."""
        listed = ((name, n, each) for name, found in self.editions.items() for n, each in enumerate(found, 1))
        return {(name, n) for name, n, each in listed if each["rating"] <= DUE_AT_MOST}

    def must_notify(self) -> set[tuple[str, int]]:
        """The same for last editions: earlier ones may have been overtaken, and deleted ones withdrawn."""
        return {(name, n) for name, n in self.may_notify() if n == len(self.editions[name]) and name not in self.gone}


def read(path: Path) -> Expected:
    """The expectation; messages of one partition count in the order of the broker."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    expected = Expected(messages=len(lines))
    for line in sorted(lines, key=lambda line: (line["partition"], line["offset"])):
        if line["kind"] == "broken":
            expected.broken.add((line["partition"], line["offset"]))
        else:
            expected.take(line["kind"], line["review"])
    return expected
