"""Ratings on another scale than it is said to be."""

from __future__ import annotations

from collections.abc import Iterator

from sources.inspection.findings import Finding
from sources.inspection.looked import Looked

_SCALE = (1.0, 5.0)
_TEN = (0.0, 10.0)
_MANY = 0.2  # of the ratings: fewer are wrong rows, and not another scale
_SOME = 0.01
_KINDS = 3  # different ratings beyond the scale: wrong rows seldom agree on a scale of their own
_FEWEST = 2  # beyond every usual scale: one such is a wrong row, even of two


def check(looked: Looked) -> Iterator[Finding]:
    """Compare ratings with the scale of 1 to 5, where neither file nor option names another."""
    found = []
    for record in looked.sample.records:
        review = looked.mapping.read(record).review
        rating = review.get("rating")
        if isinstance(rating, float) and not review.keys() & {"best_rating", "worst_rating"}:
            found.append(rating)
    beyond = [rating for rating in found if not _SCALE[0] <= rating <= _SCALE[1]]
    share = len(beyond) / len(found) if found else 0.0
    usual = all(_TEN[0] <= rating <= _TEN[1] for rating in beyond)
    many = share > _MANY and (usual or len(beyond) >= _FEWEST)
    if many or (share > _SOME and len(set(beyond)) >= _KINDS):
        yield Finding(
            "best_rating",
            f"{looked.column('rating')}: the ratings go from {min(found):g} to {max(found):g}, {len(beyond)} of {len(found)} lie beyond 1 to 5, "
            "and no column says on which scale they are; name its ends, for example --map best_rating:=10 --map worst_rating:=0",
            refuses=True,
        )
