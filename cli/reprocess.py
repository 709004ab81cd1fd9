"""`reprocess`: analyse reviews again with another processing version, and compare the results."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from cli import reprocess_pages as pages
from cli import shadow as beside
from cli.calibration import versions
from cli.common import bootstrap, data_dir_option, err, json_option
from cli.given import check_period, refuse_where
from cli.reprocess_options import choosing, pacing
from operations.reprocessing import check_version, those_of
from operations.reprocessing import reprocess as ask_and_wait
from projections.queries.reprocessing_candidates import Chosen, counts
from projections.queries.version_changes import compare_versions
from schemas.errors import ReviewstreamError
from streams.reprocessing.run_options import Order, Tally

if TYPE_CHECKING:
    from reviewstream.bootstrap import Bootstrap

COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    MofNCompleteColumn(),
    TimeElapsedColumn(),
    TimeRemainingColumn(),
)


@click.command()
@click.option("--processing-version", required=True, metavar="V", help="The version that the nlp workers run now.")
@choosing
@pacing
@click.option("--reason", default="", help="Why, for the history.")
@click.option(
    "--no-wait", is_flag=True, help="Return when all are requested: of those still in flight it says only how many."
)
@click.option("--dry-run", is_flag=True, help="Count and estimate the time; change nothing.")
@click.option("--compare", is_flag=True, help="Request nothing: report what V changed, from history.")
@click.option("--shadow", is_flag=True, help="Analyse with this command's settings, report, and record nothing.")
@click.option("--against", metavar="OLD", help="With --compare: compare with version OLD, not with the results before.")
@click.option(
    "--examples",
    type=click.IntRange(0, 1000),
    default=10,
    show_default=True,
    help="With --compare or --shadow: at most so many.",
)
@json_option
@data_dir_option
def reprocess(
    processing_version: str,
    dry_run: bool,
    compare: bool,
    shadow: bool,
    against: str | None,
    examples: int,
    as_json: bool,
    data_dir: Path | None,
    no_wait: bool,
    reason: str,
    **options: Any,
) -> None:
    """Analyse complete reviews again with processing version V, which the workers run; no one is notified.

    Results replace the earlier ones, which stay in the history. The number in flight is limited, so that new reviews
    hardly wait. An interrupted run resumes when it is started again. With --shadow, V need not run anywhere. Exits 1
    if any review could not be requested or its analysis failed; with --no-wait, of those that were seen to finish.
    """
    _check_given(compare=compare, shadow=shadow)
    check_period(options["since"], options["until"])
    with bootstrap(data_dir) as parts:
        chosen = _chosen(parts, options)
        if compare:
            with err.status("reading history"):
                report = compare_versions(
                    parts.event_log, processing_version, against=against, chosen=chosen, examples=examples
                )
            pages.say_changes(report, as_json=as_json)
            return
        if shadow:
            beside.run(parts, processing_version, chosen, limit=options["limit"], examples=examples, as_json=as_json)
            return
        order = Order(processing_version, uuid4(), reason, **options)
        if dry_run:  # also before the workers run that version
            found = counts(parts.readmodels_pool, _planned(parts, chosen, processing_version), processing_version)
            pages.say_plan(found, order, as_json=as_json)
            return
        calibrated = versions(parts, chosen.tenant_id)
        check_version(processing_version, runs=parts.saga.profiles, calibrated=calibrated)
        chosen = those_of(chosen, processing_version, parts.saga.profiles)
        began = time.monotonic()
        tally = _run(parts, chosen, order, calibrated, wait=not no_wait)
    pages.say_outcome(order, tally, time.monotonic() - began, as_json=as_json)
    if tally.refused or tally.troubled:
        raise ReviewstreamError(
            f"{tally.refused} could not be requested, since they kept changing: run it again; the analysis of "
            f"{tally.troubled} failed and will be retried: `reviewstream query failures` says why"
        )


def _planned(parts: Bootstrap, chosen: Chosen, version: str) -> Chosen:
    """A version that nobody runs yet may be planned for all tenants."""
    runs = parts.saga.profiles
    return those_of(chosen, version, runs) if version in runs.versions else chosen


def _check_given(*, compare: bool, shadow: bool) -> None:
    refuse_where(
        compare, {"shadow"}, "--compare reads what a version did, --shadow what one would do; give one of them"
    )
    refuse_where(shadow, beside.UNUSED, "--shadow requests nothing and compares with the results now; leave it out")
    refuse_where(not compare, {"against"}, "says what --compare shows; add --compare, or leave it out")
    refuse_where(not (compare or shadow), {"examples"}, "says what --compare shows; add --compare, or leave it out")
    run = {"no_wait", "reason", "dry_run", "limit", "rate", "in_flight", "rest", "patience"}
    refuse_where(compare, run, "--compare requests nothing, it reads history; leave it out")


def _run(parts: Bootstrap, chosen: Chosen, order: Order, calibrated: list[str], *, wait: bool) -> Tally:
    """With a progress bar on stderr."""
    due = counts(parts.readmodels_pool, chosen, order.processing_version).due
    with Progress(*COLUMNS, console=err) as progress:
        task = progress.add_task("analysed", total=min(due, order.limit or due))

        def moved(tally: Tally) -> None:
            through = tally.analysed + tally.revised + tally.troubled
            progress.update(task, completed=through, description=f"{tally.asked} requested, analysed")

        return ask_and_wait(
            parts.readmodels_pool, parts.event_log, chosen, order,
            runs=parts.saga.profiles, calibrated=calibrated, wait=wait, moved=moved,
        )  # fmt: skip


def _chosen(parts: Bootstrap, options: dict[str, Any]) -> Chosen:
    """Pop the options that select reviews."""
    tenant: str | None = options.pop("tenant")
    since, until = _utc(options.pop("since")), _utc(options.pop("until"))
    return Chosen(
        tenant_id=parts.tenants.get(tenant).id if tenant is not None else None,
        source=options.pop("source"),
        label=options.pop("label"),
        language=options.pop("language"),
        since=since,
        until=until,
    )


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
