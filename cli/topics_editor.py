"""The edits of `topics`: each names topics by id, beginning of an id, or title."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click

from cli.topics_run import common, run_edit


@click.command()
@click.argument("topic")
@click.argument("name")
@common
def rename(topic: str, name: str, tenant: str, dry_run: bool, as_json: bool, data_dir: Path | None) -> None:
    """Give TOPIC a NAME; an empty one gives it its words again."""
    from aggregates.topic_model import editing

    run_edit(
        tenant,
        lambda _parts, _tenant, model, by: editing.rename(model, model.named(topic).topic_id, name, by),
        dry_run=dry_run, as_json=as_json, data_dir=data_dir,
    )  # fmt: skip


@click.command()
@click.argument("topics", nargs=-1, required=True)
@click.option("--into", required=True, metavar="TOPIC", help="The topic that the reviews of the others count for.")
@common
def merge(topics: tuple[str, ...], into: str, tenant: str, dry_run: bool, as_json: bool, data_dir: Path | None) -> None:
    """Have the reviews of TOPICS count for another topic."""
    from aggregates.topic_model import editing

    run_edit(
        tenant,
        lambda _parts, _tenant, model, by: editing.merge(
            model, [model.named(each).topic_id for each in topics], model.named(into).topic_id, by
        ),
        dry_run=dry_run, as_json=as_json, data_dir=data_dir,
    )  # fmt: skip


@click.command()
@click.argument("topic")
@click.option("--into", "count", type=click.IntRange(2, 10), default=2, show_default=True, help="So many parts.")
@common
def split(topic: str, count: int, tenant: str, dry_run: bool, as_json: bool, data_dir: Path | None) -> None:
    """Divide TOPIC into parts, which are found in its reviews and stand below it."""
    from operations.topics import edit

    run_edit(
        tenant,
        lambda parts, tenant_id, model, by: edit.split(
            parts.event_log, tenant_id, model, model.named(topic), count, by
        ),
        dry_run=dry_run, as_json=as_json, data_dir=data_dir,
    )  # fmt: skip


@click.command()
@click.argument("topic")
@click.option("--under", metavar="TOPIC", help="The topic that it belongs under; without it, none.")
@common
def move(topic: str, under: str | None, tenant: str, dry_run: bool, as_json: bool, data_dir: Path | None) -> None:
    """Put TOPIC under another one, or at the top."""
    from aggregates.topic_model import editing

    run_edit(
        tenant,
        lambda _parts, _tenant, model, by: editing.move(
            model, model.named(topic).topic_id, model.named(under).topic_id if under else None, by
        ),
        dry_run=dry_run, as_json=as_json, data_dir=data_dir,
    )  # fmt: skip


@click.command()
@click.argument("topic")
@click.option("--off", is_flag=True, help="Show it again.")
@common
def hide(topic: str, off: bool, tenant: str, dry_run: bool, as_json: bool, data_dir: Path | None) -> None:
    """Leave TOPIC out of what queries show. Reviews keep it."""
    from aggregates.topic_model import editing

    run_edit(
        tenant,
        lambda _parts, _tenant, model, by: editing.hide(model, model.named(topic).topic_id, hidden=not off, by=by),
        dry_run=dry_run, as_json=as_json, data_dir=data_dir,
    )  # fmt: skip


@click.command()
@click.argument("topic")
@click.option("--off", is_flag=True, help="Let fits move it again.")
@common
def pin(topic: str, off: bool, tenant: str, dry_run: bool, as_json: bool, data_dir: Path | None) -> None:
    """Have later fits leave TOPIC where it is."""
    from aggregates.topic_model import editing

    run_edit(
        tenant,
        lambda _parts, _tenant, model, by: editing.pin(model, model.named(topic).topic_id, pinned=not off, by=by),
        dry_run=dry_run, as_json=as_json, data_dir=data_dir,
    )  # fmt: skip


@click.command()
@click.argument("topic")
@click.argument("reviews", nargs=-1, required=True, type=click.UUID)
@common
def example(
    topic: str, reviews: tuple[UUID, ...], tenant: str, dry_run: bool, as_json: bool, data_dir: Path | None
) -> None:
    """Say that REVIEWS, by their ids, belong to TOPIC: it moves towards them."""
    from operations.topics import edit

    run_edit(
        tenant,
        lambda parts, tenant_id, model, by: edit.add_examples(
            parts.event_log, tenant_id, model, model.named(topic), reviews, by
        ),
        dry_run=dry_run, as_json=as_json, data_dir=data_dir,
    )  # fmt: skip


@click.command()
@click.argument("edit", required=False, type=click.IntRange(1))
@common
def undo(edit: int | None, tenant: str, dry_run: bool, as_json: bool, data_dir: Path | None) -> None:
    """Take back EDIT, a number of `topics history`, or the last one. An undoing can be undone, too."""
    from aggregates.topic_model.undoing import undo as take_back

    run_edit(
        tenant,
        lambda _parts, _tenant, model, by: take_back(model, edit, by),
        dry_run=dry_run, as_json=as_json, data_dir=data_dir,
    )  # fmt: skip


EDITS = (rename, merge, split, move, hide, pin, example, undo)
