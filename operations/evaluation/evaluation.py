"""An evaluation: a tenant's current results against stars and against feedback, whole and by part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from operations.evaluation.scores import Scores, pooled, scores
from projections.queries.evaluation import Against, By, Evaluated, cells

LEFT_OUT = {
    "stars": "stars up to 2 are held for negative, from 4 on for positive; what lies between is left out, and stars are not the text",
    "feedback": "what people said is right, where more said it than anything else; people report what is wrong, so these reviews are no "
    "fair sample unless they were drawn as one",
}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`whole` and `parts` against one truth; `means` says what is held for true."""

    against: Against
    means: str
    whole: Scores
    by: By | None
    parts: tuple[Scores, ...]


def evaluate(
    pool: ConnectionPool[Any], tenant_id: UUID, filters: Evaluated, *, against: Against, by: By | None = None
) -> Evaluation:
    """Current results of the read model against one truth."""
    found = cells(pool, tenant_id, against, filters, by=by)
    parts = tuple(scores(found, against)) if by else ()
    return Evaluation(against, LEFT_OUT[against], pooled(found, against), by, parts)
