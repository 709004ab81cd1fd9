"""`publish FILE`: send a file of reviews into the pipeline and report the outcome of each row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from cli.common import bootstrap, data_dir_option, err, json_option
from cli.given import refuse_where
from cli.inspection_pages import show as show_inspection
from cli.publish_options import check_applies, file_options, layout_given, mapping_given
from cli.publish_pages import show, show_sent
from cli.publishing import noted, run, send, try_rows
from schemas.errors import InvalidInput, ReviewstreamError
from sources.files.row_reader import RowReader
from sources.inspection.inspection import Inspection, inspect
from sources.publishing.checkpoint import Checkpoint
from sources.publishing.envelope import Envelope


@click.command()
@click.argument("file")
@click.option("--tenant", required=True, help="Slug of the tenant.")
@click.option(
    "--source", help="Where they come from, for example harbour-hotel; if not given, the column `source` says."
)
@file_options
@click.option("--yes", "-y", is_flag=True, help="Send the file even if much of it would be refused or misread.")
@click.option("--dry-run", is_flag=True, help="Validate every row and send none.")
@click.option("--no-resume", is_flag=True, help="Start from the first row even if a run of this file was interrupted.")
@click.option(
    "--no-wait",
    is_flag=True,
    help="Return when the broker has everything: says what was sent, and counts nothing else.",
)
@json_option
@data_dir_option
def publish(
    file: str,
    tenant: str,
    source: str | None,
    format_: str | None,
    yes: bool,
    dry_run: bool,
    no_resume: bool,
    no_wait: bool,
    save_mapping: str | None,
    as_json: bool,
    data_dir: Path | None,
    **_: object,
) -> None:
    """Publish FILE (delimited text, JSON lines or a JSON document, .xlsx, Parquet; plain, .gz, .zst or .zip; - for stdin).

    Looks at it first, as `inspect` does, and refuses what would be rejected or misread in bulk. Publishing it again changes
    nothing.

    Exits 0 when rows were accepted or known already, even if others were rejected; 1 when every row was rejected, or when no
    worker validates them; 2 for wrong usage, or a file that was refused. With --no-wait, 0 means that the broker has every row.
    """
    refuse_where(file == "-", {"no_resume"}, "what comes from stdin is never resumed; leave it out")
    refuse_where(dry_run, {"no_resume", "no_wait"}, "nothing is sent with --dry-run; leave it out")
    check_applies()
    with bootstrap(data_dir) as parts:
        parts.tenants.get(tenant)
        mappings = parts.settings.data_dir / "mappings"
        fields = mapping_given(mappings)
        layout = layout_given(fields)
        directory = parts.settings.data_dir / "publishing"
        checkpoint = Checkpoint.open(
            directory,
            file,
            tenant=tenant,
            source=source,
            layout=f"{format_} {layout}",
            resume=not no_resume and not dry_run,
        )
        reader = RowReader(file, format=format_, start_line=checkpoint.line + 1, layout=layout)
        found = inspect(reader, fields, source, datetime.now(UTC))
        show_inspection(found, err)
        envelope = Envelope(tenant, source, checkpoint.run_id, found.mapping)
        if dry_run:
            try_rows(reader, envelope, found, as_json=as_json)
        if found.refusals and not yes:
            raise refused(found)
        if save_mapping:
            fields.save(mappings, save_mapping)
        if dry_run:
            return
        if no_wait:
            sent = send(parts, reader, envelope, checkpoint)
            show_sent(replace(sent, notes=noted(found.notes, reader, envelope)), as_json=as_json)
            return
        report = run(parts, reader, envelope, checkpoint)
    report = replace(report, notes=noted(found.notes, reader, envelope), columns=found.columns)
    show(report, as_json=as_json)
    if report.rejected and report.rejected == report.received:
        raise ReviewstreamError(
            f"all {report.rejected} rows were rejected; `reviewstream deadletters list --run {report.run_id}` lists them"
        )


def refused(found: Inspection) -> InvalidInput:
    """Why the file is not sent, of which the look said more, and how it is sent all the same."""
    return InvalidInput(
        "nothing was sent, for what is said above; --yes sends the file all the same", field=found.refusals[0].field
    )
