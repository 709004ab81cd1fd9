"""`demo`: the whole pipeline at work, checked against independently made counts."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

import click

from cli.common import data_dir_option, err
from cli.publishing import run as publish_rows
from cli.replay_pages import bar
from connectors.wait import TimedOut, wait_until
from embedded import control
from operations.status.report import Status
from reviewstream.bootstrap import Bootstrap, with_urls
from reviewstream.commands import demo_insight as insight
from reviewstream.commands import demo_pages as pages
from reviewstream.commands.stack import start_detached
from reviewstream.demo import demo_records, expected
from reviewstream.demo.amazon import amazon_records
from reviewstream.demo.captured import events_published
from reviewstream.entry import settings_for
from reviewstream.settings import Settings
from schemas.errors import Unavailable, VerificationFailed
from schemas.topics import public_topics
from sources.files.mapping import FieldMapping
from sources.files.row_reader import RowReader
from sources.publishing.checkpoint import Checkpoint
from sources.publishing.envelope import Envelope
from sources.publishing.publisher import Report

PATIENCE = 120.0


@click.command()
@click.option("--dataset", type=click.Choice(["imagined", "amazon"]), default="imagined", show_default=True)
@click.option("--keep", is_flag=True, help="Leave servers and workers running at the end.")
@click.option("--cdc", is_flag=True, help="With Kafka Connect: Debezium captures tenants and raw reviews.")
@data_dir_option
def demo(dataset: str, keep: bool, cdc: bool, data_dir: Path | None) -> None:
    """Start everything, send reviews through the pipeline, show the results, replay history to the same result."""
    began = time.monotonic()
    settings = settings_for(data_dir)
    started_here = control.running(settings.data_dir) is None
    if started_here:
        start_detached(settings, cdc=cdc)
    try:
        if cdc:
            _capture(settings)
        show(settings, dataset)
        if cdc:
            _captured(settings, leave=keep or not started_here)
    finally:
        if started_here and not keep:
            with err.status("stopping workers, then servers"):
                control.request_stop(settings.data_dir)
    pages.farewell(settings.data_dir, running=keep or not started_here, seconds=time.monotonic() - began)


def show(settings: Settings, dataset: str) -> None:
    """Run the demo on a running stack."""
    connected = with_urls(settings, control.urls(settings.data_dir))
    with Bootstrap(connected, process="demo") as parts:
        tenant = _tenant(parts, dataset)
        report = _publish(parts, tenant, _written(settings, dataset))
        _check(dataset, report)
        pages.counts(report, _complete(parts))
        pages.insights(parts, tenant)
        insight.find_topics(parts, tenant)
        _complete(parts)
        insight.spoken_of(parts, tenant)
        if dataset == "imagined":
            insight.alarming(parts, tenant)
        pages.one_review(parts, tenant)
        for name in ("reviews", "analytics"):
            with bar(f"replaying {name}") as moved:
                outcome = parts.replay.run(name, progress=moved)
            pages.replayed(outcome)
        _complete(parts)
        pages.verified(parts)


def _capture(settings: Settings) -> None:
    """Register the connectors, before anything is sent."""
    with Bootstrap(with_urls(settings, control.urls(settings.data_dir)), process="demo") as parts:
        for name in parts.change_capture.wanted():
            parts.change_capture.register(name)


def _captured(settings: Settings, *, leave: bool) -> None:
    """Show what was captured. Slots without a reader would retain WAL, so they are removed."""
    with Bootstrap(with_urls(settings, control.urls(settings.data_dir)), process="demo") as parts:
        want = parts.event_log.head()
        found = events_published(parts.settings.url("kafka"), sorted(public_topics().values()), want=want)
        pages.captured(found, parts.settings.public_topics, parts.change_capture.every())
        if found != want:
            raise VerificationFailed(f"the log holds {want} events, the public topics {found}")
        for name in () if leave else parts.change_capture.wanted():
            parts.change_capture.remove(name)


def _tenant(parts: Bootstrap, dataset: str) -> str:
    """Create a tenant for this run, so that the demo can be repeated."""
    taken = {tenant.slug for tenant in parts.tenants.every()}
    names = (f"{dataset}-{number}" for number in range(1, len(taken) + 2))
    slug = next(name for name in names if name not in taken)
    parts.tenants.create(slug)
    err.print(f"tenant {slug} is registered")
    return slug


def _written(settings: Settings, dataset: str) -> Path:
    """The data set as a file of JSON lines."""
    directory = settings.data_dir / "demo"
    directory.mkdir(parents=True, exist_ok=True)
    records: Iterable[bytes] = amazon_records(directory) if dataset == "amazon" else demo_records()
    path = directory / f"{dataset}.jsonl"
    path.write_bytes(b"".join(record + b"\n" for record in records))
    return path


def _publish(parts: Bootstrap, tenant: str, file: Path) -> Report:
    checkpoint = Checkpoint.open(parts.settings.data_dir / "publishing", str(file), tenant=tenant, source=None)
    envelope = Envelope(tenant, None, checkpoint.run_id, FieldMapping())
    return publish_rows(parts, RowReader(str(file)), envelope, checkpoint)


def _check(dataset: str, report: Report) -> None:
    """The pipeline must have counted what the data set was made of."""
    if dataset != "imagined":
        return
    plan = expected()
    want = (plan.unique, plan.revisions, plan.duplicates, plan.bad)
    got = (report.accepted, report.revised, report.deduplicated, report.rejected)
    if got != want:
        raise VerificationFailed(f"accepted, revised, deduplicated, rejected should be {want}, but are {got}")


def _complete(parts: Bootstrap) -> Status:
    """Wait until every saga is complete and every read model is up to date, with progress."""
    progress = pages.SagaProgress()

    def quiet() -> Status | None:
        status = parts.desk.status.read()
        progress.show(status)
        return status if status.quiet else None

    with progress:
        try:
            return wait_until(quiet, PATIENCE, what="all sagas and read models", every=0.2)
        except TimedOut as late:
            raise Unavailable(f"{late}; `reviewstream status` says what waits, logs say why") from None
