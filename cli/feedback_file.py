"""`feedback import`: what many said, from a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import click

from cli.acting import acting, by_option
from cli.common import bootstrap, data_dir_option, err, json_option, print_json, tenant_option
from operations.feedback import FeedbackDesk, Imported, check_columns
from schemas.errors import InvalidInput, ReviewstreamError


@click.command("import")
@tenant_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@by_option
@json_option
@data_dir_option
def import_(tenant: str, file: Path, by: str | None, as_json: bool, data_dir: Path | None) -> None:
    """Add the feedback of a CSV file.

    Columns: right; review_id, or source and external_id; where needed field (else label), given, by, note. The same file twice adds
    nothing. Exits 1 when a row was refused; the others are added.
    """
    rows = rows_of(file)
    with bootstrap(data_dir) as parts:
        tenant_id = parts.tenants.get(tenant).id
        tally = FeedbackDesk(parts.event_log).import_rows(tenant_id, rows, acting(parts, by))
    if as_json:
        print_json(tally)
    else:
        _show(tally)
    if tally.refused:
        raise ReviewstreamError(f"{tally.refused} rows were refused; correct them and import the file again")


def rows_of(file: Path) -> list[tuple[int, Mapping[str, str]]]:
    """Line number and values by column of each row. Raises InvalidInput for what is no CSV file of feedback."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text, strict=True)
            check_columns(reader.fieldnames or ())
            return [(reader.line_num, _whole(reader.line_num, row)) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"{file}: is no CSV file in UTF-8 ({type(error).__name__})", field="file") from None


def _whole(line: int, row: dict[str, str]) -> Mapping[str, str]:
    if None in row or None in row.values():
        raise InvalidInput(f"line {line}: has more or fewer values than the header", field="file")
    return {name: value.strip() for name, value in row.items()}


def _show(tally: Imported) -> None:
    err.print(f"{tally.added} added, {tally.known} known already, {tally.refused} refused; no result changes by it")
    for line, why in tally.refusals:
        err.print(f"line {line}: {why}", soft_wrap=True)
    if tally.refused > len(tally.refusals):
        err.print(f"and {tally.refused - len(tally.refusals)} more")
