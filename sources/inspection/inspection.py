"""Looking at a file: what `inspect` shows, and `publish` before it sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sources.files.mapping import FieldMapping
from sources.files.mapping_report import columns_of, said_of
from sources.files.recognition import Recognised
from sources.files.row_reader import RowReader
from sources.inspection.checks import columns, dates, ids, ratings, rows
from sources.inspection.fields import FieldFound, fields_of, other_columns
from sources.inspection.findings import Finding
from sources.inspection.looked import Looked
from sources.inspection.sample import Sample, sample_of
from sources.inspection.spans import Dates, Ids, Ratings, dates_of, ids_of, ratings_of
from sources.inspection.trial import Trial
from sources.publishing.envelope import Envelope

CHECKS = (columns.check, dates.check, ratings.check, ids.check)
_GUESSED_FROM = 1_000  # rows: more tell no more, and are judged for each column
_NO_SOURCE = "-"
_TELLS = {"best_rating": "rating"}  # a field that a finding is about: the field of the rows that it costs


@dataclass(frozen=True)
class Inspection:
    """`looked_at` rows, which are all where `whole`; `valid` of them would be accepted, be it as repeats.

    `columns` is field → column, `metadata` the columns that no field is read from, `findings` what should be known.
    """

    file: str
    how: Recognised
    looked_at: int
    whole: bool
    valid: int
    fields: Sequence[FieldFound]
    metadata: Sequence[str]
    ids: Ids | None
    dates: Dates | None
    ratings: Ratings | None
    findings: Sequence[Finding]
    columns: Mapping[str, str] = field(repr=False)
    mapping: FieldMapping = field(repr=False)

    @property
    def refusals(self) -> list[Finding]:
        """What speaks against sending the file."""
        return [finding for finding in self.findings if finding.refuses]

    @property
    def notes(self) -> list[str]:
        """What should be known and speaks not against it."""
        return [finding.text for finding in self.findings if not finding.refuses]


def inspect(
    reader: RowReader, given: FieldMapping, source: str | None, now: datetime, *, sending: bool = True
) -> Inspection:
    """Look at the reader's file, whose rows can be read afterwards. Raises InvalidInput where it cannot be read at all.

    `sending`: whether it would be sent now; a missing source is no reason against it otherwise.
    """
    sample = sample_of(reader)
    guesses = given.guesses(spread(sample.records, _GUESSED_FROM), sample.columns)
    mapping = given.told(guesses)
    taken = columns_of(mapping, guesses, sample.columns)
    trial = Trial(Envelope(_NO_SOURCE, _source(source, sample), "", mapping), lambda: now)
    tried = [(row, trial.of(row)) for row in sample.rows]
    looked = Looked(sample, mapping, taken, source, tried, sending)
    findings = [Finding("", text) for text in said_of(mapping, guesses, sample.columns)]
    findings += [finding for check in CHECKS for finding in check(looked)]
    told = {_TELLS.get(finding.field, finding.field) for finding in findings if finding.refuses}
    findings += rows.check(looked, told)
    return Inspection(
        reader.path,
        reader.recognised,
        len(tried),
        sample.whole,
        len(looked.drafts),
        list(fields_of(mapping, guesses, taken, sample.records)),
        other_columns(sample.columns, taken, sample.records),
        ids_of(looked.drafts, derived="external_id" not in taken),
        dates_of(looked.drafts),
        ratings_of(looked.drafts),
        findings,
        taken,
        mapping,
    )


def spread(records: Sequence[dict[str, object]], most: int) -> Sequence[dict[str, object]]:
    """At most so many of them, from everywhere."""
    return records[:: -(-len(records) // most)] if len(records) > most else records


def _source(source: str | None, sample: Sample) -> str | None:
    """Without one and without a column for it there is one finding, and not one a row."""
    return source if source is not None or "source" in sample.columns else _NO_SOURCE
