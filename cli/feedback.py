"""`feedback`: say that a result is wrong, see what was said, take it back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click
from rich.table import Column

from aggregates.review.disputes import Said
from aggregates.review.feedback_fields import FIELDS
from cli.common import bootstrap, data_dir_option, err, json_option, print_json, tenant_option
from cli.feedback_file import rows_of
from cli.tables import show_table
from projections.queries.feedback import find_feedback
from schemas.errors import ReviewstreamError

if TYPE_CHECKING:
    from operations.feedback import FeedbackDesk, Imported
    from reviewstream.bootstrap import Bootstrap

FIELD = click.option("--field", type=click.Choice(FIELDS), default="label", show_default=True, help="What is wrong.")
BY = click.option("--by", metavar="NAME", help="Who says so.  [default: REVIEWSTREAM_ACTOR or the system's user]")
GIVEN = click.option("--given", help="Which one, of entities, keywords, topics and aspects.")


@click.group()
def feedback() -> None:
    """Say that a result is wrong: for evaluation and calibration. It changes no result by itself."""


@feedback.command()
@tenant_option
@click.argument("review_id", type=click.UUID)
@FIELD
@GIVEN
@click.option("--right", help="What would be right; leave it out where nothing should have been found.")
@BY
@click.option("--note", help="Why.")
@data_dir_option
def add(
    tenant: str,
    review_id: UUID,
    field: str,
    given: str | None,
    right: str | None,
    by: str | None,
    note: str | None,
    data_dir: Path | None,
) -> None:
    """Say what a result of REVIEW_ID should be.

    A later word by the same person on the same thing replaces it. That a result is right is said by repeating it.
    """
    with bootstrap(data_dir) as parts:
        said = Said(field, right, _who(parts, by), given, note)
        new = _desk(parts).add(parts.tenants.get(tenant).id, review_id, said)
    err.print(f"{'noted' if new else 'known already'}: {field} of {review_id}; no result changes by it")


@feedback.command("list")
@tenant_option
@click.argument("review_id", type=click.UUID, required=False)
@click.option("--field", type=click.Choice(FIELDS), help="Only on this.")
@click.option("--by", metavar="NAME", help="Only by that person.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True)
@json_option
@data_dir_option
def list_(
    tenant: str,
    review_id: UUID | None,
    field: str | None,
    by: str | None,
    limit: int,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """List what people hold for wrong, newest first, beside what the results say now."""
    with bootstrap(data_dir) as parts:
        tenant_id = parts.tenants.get(tenant).id
        found = find_feedback(parts.readmodels_pool, tenant_id, review_id=review_id, field=field, who=by, limit=limit)
    if as_json:
        print_json(found)
        return
    head = ("review", "field", "given", "right", "now", "by", "when (UTC)", "text", Column("note", overflow="fold"))
    texts = {True: "present", False: "earlier"}
    show_table(
        head,
        [
            (
                f.review_id,
                f.field,
                f.given,
                f.right,
                f.now,
                f.who,
                f.disputed_at,
                texts[f.of_present_text],
                f.note or "",
            )
            for f in found
        ],
    )
    if len(found) == limit:
        err.print(f"the newest {limit}; there may be more: --limit")


@feedback.command()
@tenant_option
@click.argument("review_id", type=click.UUID)
@FIELD
@GIVEN
@BY
@data_dir_option
def withdraw(
    tenant: str, review_id: UUID, field: str, given: str | None, by: str | None, data_dir: Path | None
) -> None:
    """Take back what was said of a result of REVIEW_ID."""
    with bootstrap(data_dir) as parts:
        tenant_id = parts.tenants.get(tenant).id
        _desk(parts).withdraw(tenant_id, review_id, field, _who(parts, by), given=given)
    err.print(f"taken back: {field} of {review_id}")


@feedback.command("import")
@tenant_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@BY
@json_option
@data_dir_option
def import_(tenant: str, file: Path, by: str | None, as_json: bool, data_dir: Path | None) -> None:
    """Add the feedback of a CSV file.

    Columns: right; review_id, or source and external_id; where needed field (else label), given, by, note. The same file twice adds
    nothing. Exits 1 when a row was refused; the others are added.
    """
    rows = rows_of(file)
    with bootstrap(data_dir) as parts:
        tally = _desk(parts).import_rows(parts.tenants.get(tenant).id, rows, _who(parts, by))
    if as_json:
        print_json(tally)
    else:
        _show(tally)
    if tally.refused:
        raise ReviewstreamError(f"{tally.refused} rows were refused; correct them and import the file again")


def _show(tally: Imported) -> None:
    err.print(f"{tally.added} added, {tally.known} known already, {tally.refused} refused; no result changes by it")
    for line, why in tally.refusals:
        err.print(f"line {line}: {why}", soft_wrap=True)
    if tally.refused > len(tally.refusals):
        err.print(f"and {tally.refused - len(tally.refusals)} more")


def _who(parts: Bootstrap, by: str | None) -> str:
    return parts.desk.actor if by is None else by


def _desk(parts: Bootstrap) -> FeedbackDesk:
    from operations.feedback import FeedbackDesk

    return FeedbackDesk(parts.event_log)
