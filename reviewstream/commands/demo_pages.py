"""Output of the demo."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from aggregates.review.saga import STEPS
from cli.cdc import connectors_table
from cli.common import err, out
from cli.history import show_history
from cli.metrics import metrics_table
from cli.publish_pages import show as show_report
from cli.replay_pages import say_outcome
from operations.change_capture import CaptureStatus
from operations.status.report import Status
from projections.queries.entities import top_entities
from projections.queries.history import review_history
from projections.queries.metrics import Metrics
from projections.queries.reviews import ReviewFilter, find_reviews
from projections.rebuild.rebuild import Outcome
from projections.verify.comparison import verify
from reviewstream.bootstrap import Bootstrap
from schemas.errors import VerificationFailed
from sources.publishing.publisher import Report

DAYS = 14


class SagaProgress:
    """A bar for each step: how many reviews still wait for it."""

    def __init__(self) -> None:
        columns = (
            TextColumn("{task.description:>10}"),
            BarColumn(),
            TextColumn("{task.fields[waiting]} waiting"),
            TimeElapsedColumn(),
        )
        self._progress = Progress(*columns, console=err)
        self._bars = {step: self._progress.add_task(step, total=1, waiting=0) for step in STEPS}
        self._most = 1

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, status: Status) -> None:
        """Update the bars. A review that waits for a step waits for all later ones too."""
        before = 0
        self._most = max(self._most, sum(status.steps[step].events for step in STEPS))
        for step in STEPS:
            before += status.steps[step].events
            self._progress.update(self._bars[step], total=self._most, completed=self._most - before, waiting=before)


def counts(report: Report, status: Status) -> None:
    """Print what came in and its outcome."""
    out.rule("Reviews in")
    show_report(report, as_json=False)
    out.print(f"the event log now holds {status.events} events; every saga is complete")


def insights(parts: Bootstrap, tenant: str) -> None:
    """Print sentiment by source, the most mentioned entities, and the last days."""
    tenant_id = parts.tenants.get(tenant).id
    metrics = Metrics(parts.readmodels_pool, parts.clickhouse)
    out.rule("Insight out")
    out.print("Sentiment by source (ClickHouse)")
    out.print(metrics_table("source", [(each.origin, each.sums) for each in metrics.by_origin("source", tenant_id)]))
    table = Table(
        "entity", "type", "reviews", "sentiment around it", title="Most mentioned (PostgreSQL)", title_justify="left"
    )
    for entity in top_entities(parts.readmodels_pool, tenant_id, limit=10):
        sentiment = "-" if entity.avg_sentiment is None else f"{entity.avg_sentiment:+.2f}"
        table.add_row(entity.text, entity.type, str(entity.reviews), sentiment)
    out.print(table)
    days = [(str(each.day), each.sums) for each in metrics.by_day(tenant_id)]
    out.print(f"By day of publication, the last {min(DAYS, len(days))} of {len(days)}")
    out.print(metrics_table("day", days[-DAYS:]))


def one_review(parts: Bootstrap, tenant: str) -> None:
    """Print the newest negative review with its history and the evidence for its results."""
    tenant_id = parts.tenants.get(tenant).id
    unhappy = find_reviews(parts.readmodels_pool, tenant_id, ReviewFilter(labels=("negative",)), limit=1).items
    for row in unhappy or find_reviews(parts.readmodels_pool, tenant_id, limit=1).items:
        history = review_history(parts.readmodels_pool, parts.event_log, tenant_id, row.review_id)
        assert history is not None
        out.rule("One review, from its events")
        show_history(history)


def replayed(outcome: Outcome) -> None:
    """Print the outcome of a replay into a new version."""
    out.rule(f"History replayed: {outcome.name}")
    say_outcome(outcome)


def verified(parts: Bootstrap) -> None:
    """Compare the event log with both read stores. Raises VerificationFailed on a difference."""
    report = verify(parts.readmodels_pool, parts.event_log, clickhouse=parts.read_models.analytics())
    if not report.ok:
        wrong = ", ".join(check.name for check in report.checks if not check.ok)
        raise VerificationFailed(f"read models differ from the event log: {wrong}")
    out.print(f"event log, PostgreSQL and ClickHouse agree ({len(report.checks)} checks at position {report.position})")


def captured(events: int, publisher: str, connectors: list[CaptureStatus]) -> None:
    """Print what change data capture did."""
    out.rule("Captured")
    out.print(connectors_table(connectors))
    out.print(f"{events} events are in the public topics, published by {publisher}")


def farewell(data_dir: Path, *, running: bool, seconds: float) -> None:
    """Print where to go next."""
    out.rule(f"Done in {seconds:.0f} s")
    first = (
        ""
        if running
        else "  make up                                            start it again, with these reviews in it\n"
    )
    out.print(
        f"{first}"
        "  .venv/bin/reviewstream status                      what came in, what lags, what runs\n"
        "  .venv/bin/reviewstream query reviews --tenant imagined-1 --label negative\n"
        "  .venv/bin/reviewstream tenant create mine          then publish a file of your own:\n"
        "  .venv/bin/reviewstream publish reviews.csv --tenant mine --source shop\n"
        f"  logs and data are in {data_dir}; docs/ explains the rest",
    )
