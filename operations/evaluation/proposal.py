"""A tenant's own calibration, proposed: fitted, tried on reviews held out, and shown with what it would change. Stored by no one."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from aggregates.calibration.calibration import LEAST, SUFFIX
from operations.evaluation.scores import scores
from projections.queries.evaluation import Against, Evaluated, Sample, cells, samples

LEAST_OF_EACH = 20
SURE = 2.0
"""Standard errors by which the error on held-out reviews has to fall: less may be chance."""
NEGATIVE_BELOW, POSITIVE_FROM = 0.4, 0.6


@dataclass(frozen=True, slots=True)
class Proposal:
    """`helps`, or `why` not. Errors are mean squared errors of the probability on reviews held out; `fall` is how much it falls, give or
    take twice `give_or_take`. `labels` counts the labels that would change, by old and new one. `left_out` are judged reviews of
    other processing versions, calibrated ones too, by version.
    """

    truth: str
    base_version: str
    reviews: int
    positive: int
    left_out: dict[str, int]
    helps: bool
    why: str
    method: str = ""
    inputs: tuple[float, ...] = ()
    outputs: tuple[float, ...] = ()
    error_before: float | None = None
    error_after: float | None = None
    fall: float | None = None
    give_or_take: float | None = None
    ece_before: float | None = None
    ece_after: float | None = None
    labels: tuple[tuple[str, str, int], ...] = ()


def propose(pool: ConnectionPool[Any], tenant_id: UUID, filters: Evaluated, *, against: Against) -> Proposal:
    """On the processing version with most judged probabilities that is not calibrated itself."""
    judged = {
        part.part: part.reliability.n
        for part in scores(cells(pool, tenant_id, against, filters, by="version"), against)
        if part.reliability.n
    }
    raw = {version: n for version, n in judged.items() if SUFFIX not in version}
    if not raw:
        why = "no judged review has a probability of an analyzer that is not calibrated already"
        return Proposal(against, "", 0, 0, judged, helps=False, why=why)
    base = max(sorted(raw), key=lambda version: raw[version])
    left_out = {version: n for version, n in judged.items() if version != base}
    return fitted(samples(pool, tenant_id, against, filters, base), against, base, left_out)


def fitted(found: Sequence[Sample], truth: str, base: str, left_out: dict[str, int]) -> Proposal:
    """The curve with the lower error on held-out reviews, if it is lower than without any. Pure."""
    positive = sum(each.positive for each in found)
    known = (truth, base, len(found), positive, left_out)
    if len(found) < LEAST:
        return Proposal(*known, helps=False, why=f"{len(found)} judged reviews are too few; {LEAST} are needed")
    if min(positive, len(found) - positive) < LEAST_OF_EACH:
        return Proposal(
            *known, helps=False, why=f"fewer than {LEAST_OF_EACH} are of one truth, so it would follow chance"
        )
    return _tried(found, known)


def _tried(found: Sequence[Sample], known: tuple[str, str, int, int, dict[str, int]]) -> Proposal:
    from operations.evaluation import fit

    before, true = fit.as_arrays([each.probability for each in found], [each.positive for each in found])
    tried = fit.curves(before, true)
    if not tried:
        return Proposal(*known, helps=False, why="the likelier reviews are not more often positive")
    best = min(tried, key=lambda curve: float(((curve.held_out - true) ** 2).mean()))
    falls = (before - true) ** 2 - (best.held_out - true) ** 2
    fall, give_or_take = float(falls.mean()), float(falls.std(ddof=1)) / math.sqrt(len(falls))
    helps = fall > SURE * give_or_take
    return Proposal(
        *known,
        helps=helps,
        why="" if helps else "the error on reviews held out does not fall by more than chance could do",
        method=best.method,
        inputs=best.inputs,
        outputs=best.outputs,
        error_before=round(float(((before - true) ** 2).mean()), 5),
        error_after=round(float(((best.held_out - true) ** 2).mean()), 5),
        fall=round(fall, 5),
        give_or_take=round(give_or_take, 5),
        ece_before=round(fit.ece(before, true), 4),
        ece_after=round(fit.ece(best.held_out, true), 4),
        labels=_changed(found, best.held_out.tolist()),
    )


def _changed(found: Sequence[Sample], after: Sequence[float]) -> tuple[tuple[str, str, int], ...]:
    changes: Counter[tuple[str, str]] = Counter()
    for each, probability in zip(found, after, strict=True):
        if each.label in {"positive", "negative"}:
            changes[each.label, _label(probability)] += 1
    return tuple((old, new, n) for (old, new), n in sorted(changes.items()) if old != new)


def _label(probability: float) -> str:
    if probability >= POSITIVE_FROM:
        return "positive"
    return "negative" if probability < NEGATIVE_BELOW else "undetermined"
