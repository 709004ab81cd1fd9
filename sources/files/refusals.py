"""Why a file should not be published at all: what a sample of its rows shows, before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from schemas.errors import InvalidInput
from sources.files.mapping import FieldMapping, Mapped
from sources.files.mapping_report import columns_of

_SCALE = (1.0, 5.0)
_MANY = 0.2  # of the rated rows: fewer are wrong rows, and not another scale


def refuse_unfit(mapping: FieldMapping, sample: Sequence[Mapping[str, object]]) -> None:
    """Raise InvalidInput for a mapped column that there is not, ids that a spreadsheet shortened, and ratings of another scale."""
    if not sample:
        return
    mapping.check(dict.fromkeys(name for record in sample for name in record))
    columns = columns_of(mapping, sample)
    rows = [mapping.read(record) for record in sample]
    _refuse_shortened_ids(rows)
    _refuse_other_scale(rows, columns.get("rating", "rating"))


def _refuse_shortened_ids(rows: Sequence[Mapped]) -> None:
    for row in rows:
        if row.problem is not None and row.problem.field == "external_id":
            raise InvalidInput(
                f"{row.problem.text}, or publish without it: --map external_id=", field="external_id", reason="format"
            )


def _refuse_other_scale(rows: Sequence[Mapped], column: str) -> None:
    given = [row.review for row in rows if isinstance(row.review.get("rating"), float)]
    found = [float(str(review["rating"])) for review in given if not review.keys() & {"best_rating", "worst_rating"}]
    beyond = sum(not _SCALE[0] <= rating <= _SCALE[1] for rating in found)
    if beyond > len(found) * _MANY:
        raise InvalidInput(
            f"{column}: the ratings go from {min(found):g} to {max(found):g}, and no column says on which scale; "
            "name its ends, for example --map best_rating:=10 --map worst_rating:=0",
            field="best_rating",
            reason="scale",
        )
