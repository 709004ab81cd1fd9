"""`feedback`: say that a result is wrong, see what was said, take it back."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click
from rich.table import Column

from aggregates.review.disputes import Said
from aggregates.review.feedback_fields import FIELDS
from cli.acting import acting, by_option
from cli.common import bootstrap, data_dir_option, err, json_option, print_json, tenant_option
from cli.feedback_file import import_
from cli.tables import show_table
from operations.feedback import FeedbackDesk
from projections.queries.feedback import find_feedback

FIELD = click.option("--field", type=click.Choice(FIELDS), default="label", show_default=True, help="What is wrong.")
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
@by_option
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
        said = Said(field, right, acting(parts, by), given, note)
        new = FeedbackDesk(parts.event_log).add(parts.tenants.get(tenant).id, review_id, said)
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
@by_option
@data_dir_option
def withdraw(
    tenant: str, review_id: UUID, field: str, given: str | None, by: str | None, data_dir: Path | None
) -> None:
    """Take back what was said of a result of REVIEW_ID."""
    with bootstrap(data_dir) as parts:
        tenant_id = parts.tenants.get(tenant).id
        FeedbackDesk(parts.event_log).withdraw(tenant_id, review_id, field, acting(parts, by), given=given)
    err.print(f"taken back: {field} of {review_id}")


feedback.add_command(import_)
