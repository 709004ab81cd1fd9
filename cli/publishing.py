"""Sending the rows of a file, or only trying them, with progress on stderr."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.common import err
from cli.inspection_pages import show_dry_run
from cli.publish_pages import say_idle, say_notes
from connectors.kafka import describe
from schemas.errors import ReviewstreamError, TransientError
from schemas.topics import INBOUND
from sources.files.row_reader import RowReader
from sources.inspection.dry_run import dry_run
from sources.inspection.inspection import Inspection
from sources.inspection.trial import Trial
from sources.publishing.checkpoint import Checkpoint
from sources.publishing.envelope import Envelope
from sources.publishing.publisher import Publishing, Report, Sent

if TYPE_CHECKING:
    from reviewstream.bootstrap import Bootstrap


def try_rows(reader: RowReader, envelope: Envelope, found: Inspection, *, as_json: bool) -> None:
    """Validate every row, with progress on stderr, and show what would become of them. Raises ReviewstreamError where all would be rejected."""
    with _progress() as progress:
        trying = progress.add_task("validated, not sent", total=None)
        tried = dry_run(reader, Trial(envelope), lambda count: progress.update(trying, completed=count))
    tried = replace(tried, notes=noted(found.notes, reader, envelope))
    show_dry_run(tried, as_json=as_json)
    if tried.rejected and not tried.valid:
        raise ReviewstreamError(f"all {tried.rejected} rows would be rejected")


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
    with _progress() as progress:
        sending = progress.add_task("sent", total=None)
        for sent in publishing.send(reader, envelope, checkpoint):
            progress.update(sending, completed=sent)
        progress.update(sending, total=checkpoint.sent)
        yield publishing, progress


def _progress() -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed} rows"))
    return Progress(*columns, TimeElapsedColumn(), console=err)


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
