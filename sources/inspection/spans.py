"""What time and which ratings the reviews of a file span."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregates.review.draft import Draft


@dataclass(frozen=True, slots=True)
class Dates:
    """From the first review to the last, in UTC."""

    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Ratings:
    """The lowest and highest rating as given, the ends of the scale that most name, and the share of reviews with one."""

    lowest: float
    highest: float
    worst: float
    best: float
    share: float


@dataclass(frozen=True, slots=True)
class Ids:
    """How many reviews there are with how many different ids; `derived`: the file has none, so they are made of what it says."""

    reviews: int
    different: int
    derived: bool


def ids_of(drafts: Sequence[Draft], *, derived: bool) -> Ids | None:
    """None where there is no review."""
    return Ids(len(drafts), len({(draft.source, draft.external_id) for draft in drafts}), derived) if drafts else None


def dates_of(drafts: Sequence[Draft]) -> Dates | None:
    """None where there is no review."""
    moments = [draft.published_at for draft in drafts]
    return Dates(min(moments), max(moments)) if moments else None


def ratings_of(drafts: Sequence[Draft]) -> Ratings | None:
    """None where no review has a rating."""
    rated = [draft for draft in drafts if draft.rating_given is not None]
    if not rated:
        return None
    given = [draft.rating_given for draft in rated if draft.rating_given is not None]
    scales = [(draft.rating_worst, draft.rating_best) for draft in rated]
    worst, best = Counter(scales).most_common(1)[0][0]
    return Ratings(min(given), max(given), worst, best, len(rated) / len(drafts))
