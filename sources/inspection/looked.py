"""What the checks have before them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from aggregates.review.draft import Draft
from sources.files.mapping import FieldMapping
from sources.files.rows import Row
from sources.inspection.sample import Sample
from sources.inspection.trial import Refused


@dataclass(frozen=True)
class Looked:
    """A sample, how it is mapped (`columns`: field → column), whose it is, and what a worker would say of each row.

    `sending`: whether it would be sent now, and so needs a source.
    """

    sample: Sample
    mapping: FieldMapping
    columns: Mapping[str, str]
    source: str | None
    tried: Sequence[tuple[Row, Draft | Refused]]
    sending: bool = True

    @cached_property
    def drafts(self) -> list[Draft]:
        """The rows that would be accepted, in their order."""
        return [what for _, what in self.tried if isinstance(what, Draft)]

    @cached_property
    def refused(self) -> list[tuple[Row, Refused]]:
        """The others."""
        return [(row, what) for row, what in self.tried if isinstance(what, Refused)]

    def column(self, field: str) -> str:
        """What the field is called in the file."""
        return self.columns.get(field, field)
