"""Output of `find`: one review in full, several as a list, and what belongs to no review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from rich.table import Column, Table
from rich.text import Text

from cli.common import err, out
from cli.log_lines import plain
from operations.find.report import Found, FoundReview, FoundRun, Waiting
from operations.logs.files import parse
from services.dead_letters.records import StoredDeadLetter

SHOWN = 20


def show(found: Found) -> None:
    """Print everything; one review with its history, several in a table."""
    if len(found.reviews) == 1:
        _review(found.reviews[0])
    elif found.reviews:
        _reviews(found.reviews)
    for each in found.waiting:
        _waiting(each)
    if found.run:
        _run(found.run)
    _letters(found.letters)
    _log_lines(found.log_lines)
    for place in found.unasked if not found.nothing else ():
        err.print(f"could not look in {place}", soft_wrap=True)


def say(text: str) -> None:
    """A line as it is, however long: ids and commands are copied from it."""
    out.print(text, markup=False, soft_wrap=True)


def _review(one: FoundReview) -> None:
    say(
        f"review {one.review_id}: tenant {one.tenant}, source {one.source}, external id {one.external_id}, "
        f"revision {one.revision} (found by {one.found_by})"
    )
    say(f"now: {one.step}; {one.why}")
    table = Table("position", "when (UTC)", Column("event", no_wrap=True), Column("correlation id", no_wrap=True))
    for event in one.history:
        row = (event.position, _when(event.recorded_at), event.type, event.correlation_id or "-")
        table.add_row(*map(str, row))
    out.print(table)
    for parked in one.parked:
        say(
            f"parked: {parked.stage} {parked.name} from position {parked.position} on, {parked.topic}: {parked.error}; "
            f"`reviewstream deadletters replay --stage {parked.stage}` after the fix"
        )
    _letters(one.letters)


def _reviews(those: Sequence[FoundReview]) -> None:
    table = Table("tenant", "source", Column("review", no_wrap=True), "now", "why")
    for one in those:
        table.add_row(*map(Text, (one.tenant, one.source, str(one.review_id), one.step, one.why)))
    out.print(table)
    err.print(f"{len(those)} reviews; `reviewstream find REVIEW` shows one with its history", soft_wrap=True)


def _waiting(one: Waiting) -> None:
    say(
        f"waits in reviews.inbound to be validated: partition {one.partition}, offset {one.offset}, item {one.item}, tenant "
        f"{one.tenant or '-'} (found by {one.found_by}); {one.before_it} messages of that partition come first"
    )


def _run(run: FoundRun) -> None:
    interrupted = f"; interrupted after line {run.interrupted_at}: publishing the same file again continues there"
    say(
        f"publishing run {run.run_id}: received {run.received} = accepted {run.accepted} + revised {run.revised} + corrected "
        f"{run.corrected} + withdrawn {run.withdrawn} + deduplicated {run.deduplicated} + dead-lettered {run.dead_lettered} "
        f"(`reviewstream deadletters list --run {run.run_id}`)"
        f"{'' if run.interrupted_at is None else interrupted}"
    )
    if run.rejections:
        table = Table("line", "reason", "what is wrong")
        for each in run.rejections[:SHOWN]:
            table.add_row(str(each.line), each.reason, Text(each.error))
        out.print(table)
        _say_more(len(run.rejections))


def _letters(letters: Sequence[StoredDeadLetter]) -> None:
    if not letters:
        return
    table = Table(Column("dead letter", no_wrap=True), "when (UTC)", "stage", "reason", "state", "what is wrong")
    for one in letters[:SHOWN]:
        row = (str(one.dead_letter_id), _when(one.dead_lettered_at), one.stage, one.reason, one.state, one.error)
        table.add_row(*map(Text, row))
    out.print(table)
    _say_more(len(letters))


def _say_more(count: int) -> None:
    if count > SHOWN:
        out.print(f"… and {count - SHOWN} more; --json lists them")


def _log_lines(lines: Sequence[str]) -> None:
    if lines:
        say("log lines, the last of them (`reviewstream logs --review` shows all):")
    for line in parse("", lines):
        say(f"  {plain(replace(line, name=str((line.fields or {}).get('process', ''))))}")


def _when(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
