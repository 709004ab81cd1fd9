"""`publish FILE`: send a file of reviews into the pipeline and report the outcome of each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.common import bootstrap, data_dir_option, err, json_option
from cli.given import refuse_where
from cli.publish_options import check_applies, file_options, layout_given, mapping_given
from cli.publish_pages import say_idle, say_notes, show, show_sent
from connectors.kafka import describe
from schemas.errors import ReviewstreamError, TransientError
from schemas.topics import INBOUND
from sources.files.mapping_report import columns_of, said_of
from sources.files.row_reader import RowReader
from sources.publishing.checkpoint import Checkpoint
from sources.publishing.envelope import Envelope
from sources.publishing.publisher import Publishing, Report, Sent

if TYPE_CHECKING:
    from reviewstream.bootstrap import Bootstrap

SAMPLE = 200
"""Rows whose values are looked at to see which column holds which field."""


@click.command()
@click.argument("file")
@click.option("--tenant", required=True, help="Slug of the tenant.")
@click.option(
    "--source", help="Where they come from, for example harbour-hotel; if not given, the column `source` says."
)
@file_options
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
    no_resume: bool,
    no_wait: bool,
    as_json: bool,
    data_dir: Path | None,
    **_: object,
) -> None:
    """Publish FILE (delimited text, JSON lines or a JSON document, .xlsx, Parquet; plain, .gz, .zst or .zip; - for stdin).

    Publishing it again changes nothing.

    Exits 0 when rows were accepted or known already, even if others were rejected; 1 when every row was rejected, or when no
    worker validates them; 2 for wrong usage. With --no-wait, 0 means that the broker has every row.
    """
    refuse_where(file == "-", {"no_resume"}, "what comes from stdin is never resumed; leave it out")
    check_applies()
    with bootstrap(data_dir) as parts:
        parts.tenants.get(tenant)
        fields = mapping_given(parts.settings.data_dir / "mappings")
        layout = layout_given(fields)
        directory = parts.settings.data_dir / "publishing"
        checkpoint = Checkpoint.open(
            directory, file, tenant=tenant, source=source, layout=f"{format_} {layout}", resume=not no_resume
        )
        reader = RowReader(file, format=format_, start_line=checkpoint.line + 1, layout=layout)
        sample = reader.sample(SAMPLE)
        fields = fields.knowing(sample)
        said = list(said_of(fields, sample))
        say_notes(said)
        envelope = Envelope(tenant, source, checkpoint.run_id, fields)
        if no_wait:
            sent = send(parts, reader, envelope, checkpoint)
            show_sent(replace(sent, notes=noted(said, reader, envelope)), as_json=as_json)
            return
        report = run(parts, reader, envelope, checkpoint)
    report = replace(report, notes=noted(said, reader, envelope), columns=columns_of(fields, sample))
    show(report, as_json=as_json)
    if report.rejected and report.rejected == report.received:
        raise ReviewstreamError(
            f"all {report.rejected} rows were rejected; `reviewstream deadletters list --run {report.run_id}` lists them"
        )


def run(parts: Bootstrap, reader: RowReader, envelope: Envelope, checkpoint: Checkpoint) -> Report:
    """Send and wait for validation, with progress on stderr."""
    with _sent(parts, reader, envelope, checkpoint) as (publishing, progress):
        validating = progress.add_task("validated", total=checkpoint.sent)
        publishing.wait(
            checkpoint,
            lambda validated: progress.update(validating, completed=validated),
            lambda seconds: say_idle(_readers(parts), seconds),
        )
        progress.update(validating, completed=checkpoint.sent)
    report = publishing.report(checkpoint)
    checkpoint.done()
    return report


def send(parts: Bootstrap, reader: RowReader, envelope: Envelope, checkpoint: Checkpoint) -> Sent:
    """Send, with progress on stderr; what becomes of the rows is not known then."""
    with _sent(parts, reader, envelope, checkpoint):
        checkpoint.done()
    return Sent(checkpoint.run_id, checkpoint.sent)


@contextmanager
def _sent(
    parts: Bootstrap, reader: RowReader, envelope: Envelope, checkpoint: Checkpoint
) -> Iterator[tuple[Publishing, Progress]]:
    """Everything is confirmed by the broker."""
    topic_id = describe(parts.settings.url("kafka"), INBOUND).id
    publishing = Publishing(parts.producer, parts.ledger, topic_id=topic_id)
    if checkpoint.line:
        err.print(f"resuming after line {checkpoint.line}, where the last run was interrupted")
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed} rows"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err) as progress:
        sending = progress.add_task("sent", total=None)
        for sent in publishing.send(reader, envelope, checkpoint):
            progress.update(sending, completed=sent)
        progress.update(sending, total=checkpoint.sent)
        yield publishing, progress


def noted(said: Sequence[str], reader: RowReader, envelope: Envelope) -> list[str]:
    """What was guessed, and what was done to the file beyond reading it. `said` was said before."""
    after = [*reader.notes.lines(), *envelope.notes.lines()]
    say_notes(after)
    return [*said, *after]


def _readers(parts: Bootstrap) -> int | None:
    try:
        return parts.desk.inbound_readers()
    except TransientError:
        return None
