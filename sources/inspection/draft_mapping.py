"""A mapping that says what was guessed, for someone to edit."""

from __future__ import annotations

from dataclasses import replace

from sources.files.mapping import FieldMapping
from sources.inspection.inspection import Inspection


def draft_mapping(found: Inspection) -> FieldMapping:
    """The file's mapping with each guess written down, and where its records are.

    A guessed column that is empty in some rows may be missing from another file.
    """
    guessed = {one.field: one.column for one in found.fields if one.column is not None and one.how == "guessed"}
    sparse = [one.field for one in found.fields if one.field in guessed and one.empty]
    mapping, records = found.mapping, found.how.records
    return replace(
        mapping,
        columns={**mapping.columns, **guessed},
        optional=tuple(dict.fromkeys((*mapping.optional, *sparse))),
        layout={**mapping.layout, **({"records": records} if records else {})},
    )
