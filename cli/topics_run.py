"""What the commands of `topics` share: options, the model, and how an edit runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import click

from cli import topics_pages as pages
from cli.common import bootstrap, data_dir_option, err, json_option, tenant_option
from cli.topics_progress import assigning

if TYPE_CHECKING:
    from aggregates.topic_model.aggregate import TopicModel
    from aggregates.topic_model.editing import Editor
    from reviewstream.bootstrap import Bootstrap

F = TypeVar("F", bound=Callable[..., Any])
Edit = Callable[["Bootstrap", UUID, "TopicModel", "Editor"], Sequence[Any]]


def common(function: F) -> F:
    """The options of every command that changes topics."""
    for option in (data_dir_option, json_option, _dry_run, tenant_option):
        function = option(function)
    return function


def _dry_run(function: F) -> F:
    return click.option("--dry-run", is_flag=True, help="Show what would change; change nothing.")(function)


def load(parts: Bootstrap, tenant_id: UUID) -> TopicModel:
    """The tenant's model, which has no fit before the first."""
    from streams.topic_models.models import TopicModels

    return TopicModels(parts.event_log).load(tenant_id)


def editor(parts: Bootstrap) -> Editor:
    """Whoever runs the command, now."""
    from aggregates.topic_model.editing import Editor

    return Editor(parts.desk.actor, datetime.now(UTC))


def reassign_all(parts: Bootstrap, tenant_id: UUID, model: TopicModel, *, dry_run: bool) -> Any:
    """With a progress bar on stderr."""
    from operations.topics.reassign import reassign
    from streams.topic_models.assigning import Assigning

    with assigning() as moved:
        return reassign(
            parts.event_log,
            tenant_id,
            dry_run=dry_run,
            assigning=Assigning(model) if dry_run else None,
            moved=moved,
        )


def run_edit(tenant: str, edit: Edit, *, dry_run: bool, as_json: bool, data_dir: Path | None) -> None:
    """Decide on the model of the log, record it, and give reviews their topics where that may change them."""
    from operations.topics.edit import reassigns, record

    with bootstrap(data_dir) as parts:
        tenant_id, by = parts.tenants.get(tenant).id, editor(parts)
        model = load(parts, tenant_id)
        model.fitted  # noqa: B018 - refuses where there are no topics
        events = edit(parts, tenant_id, model, by)
        after = model.after(events) if dry_run else record(parts.event_log, tenant_id, model, events)
        moves = any(map(reassigns, events))
        tally = reassign_all(parts, tenant_id, after, dry_run=dry_run) if moves else None
    pages.say_edit(events, after, tally, as_json=as_json, dry_run=dry_run)
    if dry_run:
        err.print("dry run: nothing was changed")
