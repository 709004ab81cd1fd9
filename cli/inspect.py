"""`inspect FILE`: what a file of reviews holds, how it would be read, and what would go wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from cli.common import bootstrap, data_dir_option, err, json_option, out, print_json
from cli.inspection_pages import jsonable, show
from cli.publish_options import check_applies, file_options, layout_given, mapping_given
from schemas.errors import InvalidInput
from sources.files.row_reader import RowReader
from sources.inspection import inspection
from sources.inspection.draft_mapping import draft_mapping


@click.command()
@click.argument("file")
@click.option("--source", help="Where they come from; if not given, the column `source` says.")
@file_options
@json_option
@data_dir_option
def inspect(
    file: str,
    source: str | None,
    format_: str | None,
    save_mapping: str | None,
    as_json: bool,
    data_dir: Path | None,
    **_: object,
) -> None:
    """Look at FILE as `publish` does before it sends, and send nothing.

    Shows how the file is read, which column holds which field, with values, and what would go wrong. Needs no server. With
    --save-mapping, what was found is written as a mapping to edit, which `publish --mapping` uses.

    Exits 0 when `publish` would send it, 2 when it would refuse.
    """
    check_applies(guesses_are_saved=True)
    with bootstrap(data_dir) as parts:
        directory = parts.settings.data_dir / "mappings"
        fields = mapping_given(directory)
        reader = RowReader(file, format=format_, layout=layout_given(fields))
        found = inspection.inspect(reader, fields, source, datetime.now(UTC), sending=False)
    if as_json:
        print_json(jsonable(found))
    else:
        show(found, out)
    if save_mapping:
        path = draft_mapping(found).save(directory, save_mapping)
        err.print(f"saved as {path}: edit it, and use it with --mapping {save_mapping}", soft_wrap=True)
    if found.refusals:
        raise InvalidInput(f"publish would refuse {file}, for what is said above", field=found.refusals[0].field)
