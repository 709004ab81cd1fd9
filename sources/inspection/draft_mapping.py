"""A mapping that says what was guessed, for someone to edit."""

from __future__ import annotations

from dataclasses import replace

from sources.files.mapping import FieldMapping
from sources.inspection.inspection import Inspection


def draft_mapping(found: Inspection) -> FieldMapping:
    """The file's mapping with each guess written down, and without a column where one was looked for in vain."""
    guessed = {one.field: one.column for one in found.fields if one.column is not None and one.how == "guessed"}
    return replace(found.mapping, columns={**found.mapping.columns, **guessed})
