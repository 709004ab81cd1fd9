"""Results beside what is held for true, counted: the numbers from which precision, recall and calibration are made."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg_pool import ConnectionPool

from projections.queries.rows import ask

Against = Literal["stars", "feedback"]
By = Literal["language", "source", "month", "version"]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Filters; None matches all. `since` <= published < `until`."""

    source: str | None = None
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """So many reviews of a part with this label and truth, whose probability is in this tenth (0 to 9; None where unknown).

    `truth` is a label, or in words why there is none. `probabilities` is the sum of them.
    """

    part: str
    label: str
    truth: str
    tenth: int | None
    reviews: int
    probabilities: float


@dataclass(frozen=True, slots=True)
class Sample:
    """One review: the probability that the analyzer gave it, whether it is positive in truth, and the label that it has."""

    probability: float
    positive: bool
    label: str


MOST_SAMPLES = 50_000


def samples(
    pool: ConnectionPool[Any],
    tenant_id: UUID,
    against: Against,
    filters: Evaluated,
    version: str,
    *,
    limit: int = MOST_SAMPLES,
) -> list[Sample]:
    """Of one processing version, those with a probability and a truth; of more than `limit` the same chance choice each time."""
    values = asdict(filters) | {"tenant_id": tenant_id, "against": against, "version": version, "limit": limit}
    return ask(pool, Sample, "evaluation_samples", values)


def cells(
    pool: ConnectionPool[Any],
    tenant_id: UUID,
    against: Against,
    filters: Evaluated = Evaluated(),
    *,
    by: By | None = None,
) -> list[Cell]:
    """Current results of a tenant's analysed reviews, in one statement; without `by` they are one part."""
    values = asdict(filters) | {"tenant_id": tenant_id, "by": by}
    return ask(pool, Cell, f"evaluation_by_{against}", values)
