"""Options of `publish` about the file and what its columns mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from cli.given import refuse_where
from sources.files.mapping import FILLERS, FieldMapping
from sources.files.row_reader import FORMATS, Layout

F = TypeVar("F", bound=Callable[..., Any])
_LAYOUT = ("delimiter", "records", "sheet", "encoding")
_MAPPING = ("maps", "values", "empty", "date_format", "timezone")
OPTIONS = (
    click.option(
        "--format",
        "format_",
        type=click.Choice(FORMATS),
        help="Recognised by the content, then the name, if not given.",
    ),
    click.option("--encoding", help="Of a text without a byte order mark, for example windows-1252.  [default: UTF-8]"),
    click.option("--delimiter", help="comma, semicolon, tab, pipe or one character.  [default: recognised]"),
    click.option(
        "--backslash/--no-backslash",
        default=None,
        help="Whether a backslash escapes in delimited text, as MySQL writes it.  [default: recognised]",
    ),
    click.option(
        "--records", metavar="PATH", help="Where the reviews are in a JSON document, for example tasks.result.items."
    ),
    click.option("--sheet", help="The sheet of a workbook.  [default: the first]"),
    click.option(
        "--map",
        "maps",
        multiple=True,
        metavar="FIELD=COLUMN",
        help="Read a field from a column (a+b joins two, a?b is what an address calls b, nothing switches a guess off); FIELD:=VALUE is the same for all rows. Repeatable.",
    ),
    click.option(
        "--values",
        multiple=True,
        metavar="FIELD:NAME=VALUE,…",
        help="What a field's values mean, for example rating:true=5,false=1; *=VALUE is for all others, *=* leaves them as they are. Repeatable.",
    ),
    click.option(
        "--empty",
        multiple=True,
        metavar="TEXT",
        help=f"A text that means that nothing is there, beside {' and '.join(map(repr, FILLERS))}. Repeatable.",
    ),
    click.option(
        "--date-format", metavar="FORMAT", help="How dates are written, for example %d/%m/%Y (strptime's signs)."
    ),
    click.option(
        "--timezone",
        default="UTC",
        show_default=True,
        help="The zone of times that name none, for example Europe/Berlin.",
    ),
    click.option(
        "--mapping", metavar="NAME", help="Use a saved mapping, or one that is shipped for a well-known export."
    ),
    click.option("--save-mapping", help="Save the mapping under this name."),
)


def file_options(function: F) -> F:
    """Add them to a command."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


def check_applies(*, guesses_are_saved: bool = False) -> None:
    """Raises InvalidInput for an option that would do nothing."""
    chosen = click.get_current_context().params
    nothing = (
        not guesses_are_saved
        and not chosen["mapping"]
        and not any(chosen[name] for name in _MAPPING if name != "timezone")
    )
    refuse_where(nothing, {"save_mapping"}, "there is nothing to save; add --map FIELD=COLUMN")
    refuse_where(
        chosen["format_"] in {"jsonl", "json", "xlsx", "parquet"}, {"delimiter", "backslash"}, "is about delimited text"
    )
    refuse_where(chosen["format_"] not in {None, "json"}, {"records"}, "is about JSON documents")
    refuse_where(chosen["format_"] not in {None, "xlsx"}, {"sheet"}, "is about workbooks")
    refuse_where(chosen["format_"] in {"xlsx", "parquet"}, {"encoding"}, "is about texts")


def layout_given(fields: FieldMapping) -> Layout:
    """How the file is laid out, as far as options or else its mapping say. Raises InvalidInput."""
    return Layout(backslash=click.get_current_context().params["backslash"], **fields.layout)


def mapping_given(directory: Path) -> FieldMapping:
    """The mapping that options and a saved or shipped one make, with the layout that they name. Raises InvalidInput."""
    chosen = click.get_current_context().params
    fields = FieldMapping.parse(
        *chosen["maps"],
        values=chosen["values"],
        empty=(*FILLERS, *chosen["empty"]),
        date_format=chosen["date_format"],
        timezone=chosen["timezone"],
    )
    fields = replace(fields, layout={name: chosen[name] for name in _LAYOUT if chosen[name] is not None})
    if chosen["mapping"]:
        fields = fields.over(FieldMapping.load(directory, chosen["mapping"]))
    return fields
