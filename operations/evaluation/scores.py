"""Precision, recall and F1 per label, coverage and calibration, out of counted results. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from operations.evaluation.reliability import Reliability, reliability
from operations.evaluation.shares import Share, share
from projections.queries.evaluation import Against, Cell

UNDETERMINED = "undetermined"
TRUTHS: dict[Against, tuple[str, ...]] = {
    "stars": ("positive", "negative"),
    "feedback": ("positive", "neutral", "negative", UNDETERMINED),
}
"""What may be true: stars know nothing of neutral, people may say that a text cannot be judged."""


@dataclass(frozen=True, slots=True)
class LabelScore:
    """How a label does: of those that have it the share that is right, of those that should have it the share that does."""

    label: str
    precision: Share
    recall: Share
    f1: float | None


@dataclass(frozen=True, slots=True)
class Scores:
    """One part of the reviews.

    `coverage` is the share of the analysed ones that have a label other than undetermined; `judged` are those with a truth, `unjudged`
    counts the others by the reason; `right` is the share of the judged ones with a label that can be true whose label is; `macro_f1` is
    the mean over the labels that are true of any review.
    """

    part: str
    analysed: int
    coverage: Share
    judged: int
    unjudged: dict[str, int]
    right: Share
    macro_f1: float | None
    labels: tuple[LabelScore, ...]
    reliability: Reliability


def scores(found: Iterable[Cell], against: Against) -> list[Scores]:
    """One for each part, in the order of their names."""
    parts: dict[str, list[Cell]] = {}
    for cell in found:
        parts.setdefault(cell.part, []).append(cell)
    return [_scores(part, parts[part], TRUTHS[against]) for part in sorted(parts)]


def pooled(found: Iterable[Cell], against: Against) -> Scores:
    """All parts as one; of nothing, one that says so."""
    return _scores("", list(found), TRUTHS[against])


def _scores(part: str, cells: Sequence[Cell], truths: Sequence[str]) -> Scores:
    pairs: Counter[tuple[str, str]] = Counter()
    for cell in cells:
        pairs[cell.label, cell.truth] += cell.reviews
    analysed = pairs.total()
    decided = sum(n for (label, _), n in pairs.items() if label != UNDETERMINED)
    judged = {pair: n for pair, n in pairs.items() if pair[1] in truths}
    unjudged: Counter[str] = Counter()
    for (_, truth), n in pairs.items():
        if truth not in truths:
            unjudged[truth] += n
    labels = tuple(_label(label, judged) for label in truths if any(label in pair for pair in judged))
    return Scores(
        part=part,
        analysed=analysed,
        coverage=share(decided, analysed),
        judged=sum(judged.values()),
        unjudged=dict(sorted(unjudged.items())),
        right=_right(judged, [label for label in truths if label != UNDETERMINED]),
        macro_f1=_mean([each.f1 or 0.0 for each in labels if each.recall.n]),
        labels=labels,
        reliability=reliability(cells),
    )


def _label(label: str, judged: dict[tuple[str, str], int]) -> LabelScore:
    hits = judged.get((label, label), 0)
    given = sum(n for (said, _), n in judged.items() if said == label)
    true = sum(n for (_, truth), n in judged.items() if truth == label)
    f1 = round(2 * hits / (given + true), 4) if given + true else None
    return LabelScore(label, share(hits, given), share(hits, true), f1)


def _right(judged: dict[tuple[str, str], int], labels: Sequence[str]) -> Share:
    decided = {pair: n for pair, n in judged.items() if pair[0] in labels}
    return share(sum(n for (said, truth), n in decided.items() if said == truth), sum(decided.values()))


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None
