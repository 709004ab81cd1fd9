"""`reprocess --shadow`: what another version would change, before any worker runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli import reprocess_pages as pages
from cli.calibration import named
from cli.common import err
from projections.queries.reprocessing_candidates import Chosen, counts

if TYPE_CHECKING:
    from reviewstream.bootstrap import Bootstrap

UNUSED = {"no_wait", "reason", "dry_run", "rate", "in_flight", "rest", "patience", "against"}
"""Options of `reprocess` that say how reviews are requested, which a shadow does not do, or what from history is compared."""


def run(parts: Bootstrap, version: str, chosen: Chosen, *, limit: int | None, examples: int, as_json: bool) -> None:
    """Analyse the chosen texts with this command's configuration, with a counter on stderr, and print what would change."""
    from operations.shadow import shadow

    calibration = named(parts, chosen.tenant_id, version)
    due = counts(parts.readmodels_pool, chosen, version)
    total = due.due + due.incomplete
    pool = parts.saga.analysis_pool
    with Progress(TextColumn("analysed beside"), MofNCompleteColumn(), TimeElapsedColumn(), console=err) as progress:
        task = progress.add_task("", total=min(total, limit or total))
        report = shadow(
            parts.readmodels_pool, parts.event_log, pool, chosen, version,
            tier_of=lambda tenant: parts.saga.profiles.of(tenant).tier, calibration=calibration, limit=limit, examples=examples, moved=lambda done: progress.update(task, completed=done),
        )  # fmt: skip
    pages.say_changes(report, as_json=as_json)
