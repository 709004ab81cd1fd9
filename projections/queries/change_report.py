"""The differences between two analyses of the same texts, counted. No text of a review is kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Result:
    """What one analysis of a text found; `analyzers` are their names and versions by task.

    `spans` are the places of the words and sentences that the sentiment rests on, (first character, one past the last).
    """

    label: str
    score: float | None
    language: str
    analyzers: Mapping[str, str]
    entities: frozenset[tuple[str, str]]
    keywords: frozenset[str]
    probability: float | None = None
    spans: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two results of one revision; `new` is None while it is pending, `old` if there is nothing to compare with."""

    review_id: UUID
    revision: int
    source: str
    published_at: datetime
    old: Result | None
    new: Result | None


def reasons(old: Result, new: Result) -> tuple[str, ...]:
    """What differs beside the label, which may be why; `limits` where nothing does: the same evidence was weighed differently."""
    differs = {
        "language": old.language != new.language,
        "analyzer": old.analyzers.get("sentiment") != new.analyzers.get("sentiment"),
        "evidence": old.spans != new.spans,
    }
    return tuple(name for name, holds in differs.items() if holds) or ("limits",)


@dataclass(frozen=True, slots=True)
class Example:
    """A review whose label changed, `why`, and where in its text the evidence is that only one of them rests on."""

    review_id: UUID
    revision: int
    source: str
    old_label: str
    new_label: str
    old_score: float | None
    new_score: float | None
    old_probability: float | None = None
    new_probability: float | None = None
    old_language: str = ""
    new_language: str = ""
    why: tuple[str, ...] = ()
    evidence_lost: tuple[tuple[int, int], ...] = ()
    evidence_gained: tuple[tuple[int, int], ...] = ()

    @property
    def rank(self) -> tuple[float, UUID]:
        """The largest change of score first; a text that only one of them could score comes before all."""
        if self.old_score is None or self.new_score is None:
            return -2.0, self.review_id
        return -abs(self.new_score - self.old_score), self.review_id


@dataclass(slots=True)
class Changes:
    """Counts over some pairs. `matrix` counts by (old label, new label); scores only where both results have one."""

    compared: int = 0
    labels_changed: int = 0
    languages_changed: int = 0
    scores: int = 0
    score_shift: float = 0.0
    entities_gained: int = 0
    entities_lost: int = 0
    keywords_gained: int = 0
    keywords_lost: int = 0
    matrix: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, old: Result, new: Result) -> None:
        """Count one more pair."""
        self.compared += 1
        self.matrix[old.label, new.label] += 1
        self.labels_changed += old.label != new.label
        self.languages_changed += old.language != new.language
        if old.score is not None and new.score is not None:
            self.scores += 1
            self.score_shift += abs(new.score - old.score)
        self.entities_gained += len(new.entities - old.entities)
        self.entities_lost += len(old.entities - new.entities)
        self.keywords_gained += len(new.keywords - old.keywords)
        self.keywords_lost += len(old.keywords - new.keywords)

    @property
    def mean_score_shift(self) -> float | None:
        """The mean absolute change of the score; None where no pair has two."""
        return self.score_shift / self.scores if self.scores else None

    def as_json(self) -> dict[str, Any]:
        """As a JSON value."""
        names = ("compared", "labels_changed", "languages_changed", "entities_gained", "entities_lost")
        counts = {name: getattr(self, name) for name in (*names, "keywords_gained", "keywords_lost")}
        shift = self.mean_score_shift
        counts["mean_score_shift"] = None if shift is None else round(shift, 4)
        counts["labels"] = [{"old": old, "new": new, "reviews": n} for (old, new), n in sorted(self.matrix.items())]
        return counts


@dataclass(slots=True)
class Report:
    """What `processing_version` changed, up to `position` of the log; `against` is None for the results before it.

    Of the requests, `waiting` have no result yet and `alone` have nothing to compare with. `why` counts the reviews whose label changed
    by what else differs; `languages` are those of the old result. In the `shadow`, nothing was requested: the new results are nowhere.
    """

    processing_version: str
    against: str | None
    position: int
    most_examples: int = 10
    waiting: int = 0
    alone: int = 0
    total: Changes = field(default_factory=Changes)
    shadow: bool = False
    sources: dict[str, Changes] = field(default_factory=lambda: defaultdict(Changes))
    languages: dict[str, Changes] = field(default_factory=lambda: defaultdict(Changes))
    why: Counter[str] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)
    analyzers: dict[str, dict[str, set[str]]] = field(default_factory=lambda: {"old": {}, "new": {}})

    def take(self, pair: Pair) -> None:
        """Count one request."""
        if pair.new is None:
            self.waiting += 1
        elif pair.old is None:
            self.alone += 1
        else:
            self._compare(pair, pair.old, pair.new)

    def _compare(self, pair: Pair, old: Result, new: Result) -> None:
        for changes in (self.total, self.sources[pair.source], self.languages[old.language]):
            changes.add(old, new)
        for side, result in (("old", old), ("new", new)):
            for task, name in result.analyzers.items():
                self.analyzers[side].setdefault(task, set()).add(name)
        if old.label != new.label:
            self.why.update(reasons(old, new))
            self.examples.append(_example(pair, old, new))
            self.examples.sort(key=lambda example: example.rank)
            del self.examples[self.most_examples :]

    def as_json(self) -> dict[str, Any]:
        """As a JSON value."""
        names = ("processing_version", "against", "position", "shadow", "waiting", "alone", "examples")
        return {name: getattr(self, name) for name in names} | {
            "total": self.total.as_json(),
            "sources": {source: changes.as_json() for source, changes in sorted(self.sources.items())},
            "languages": {language: changes.as_json() for language, changes in sorted(self.languages.items())},
            "why": dict(sorted(self.why.items())),
            "analyzers": {
                side: {task: sorted(names) for task, names in sorted(tasks.items())}
                for side, tasks in self.analyzers.items()
            },
        }


def _example(pair: Pair, old: Result, new: Result) -> Example:
    return Example(
        *(pair.review_id, pair.revision, pair.source, old.label, new.label, old.score, new.score),
        *(old.probability, new.probability, old.language, new.language, reasons(old, new)),
        evidence_lost=tuple(sorted(old.spans - new.spans)),
        evidence_gained=tuple(sorted(new.spans - old.spans)),
    )
