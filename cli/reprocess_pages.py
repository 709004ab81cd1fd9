"""Output of `reprocess`: a plan, an outcome, what a version changed."""

from __future__ import annotations

from dataclasses import asdict

from rich.table import Table

from cli.common import out, print_json
from operations.reprocessing import PACE
from projections.queries.change_report import Changes, Report
from projections.queries.reprocessing_candidates import Counts
from streams.reprocessing.run_options import Order, Tally

OUTCOMES = {
    "asked": "requested now",
    "underway": "requested before, and in flight",
    "already": "skipped: analysed by this version already",
    "incomplete": "skipped: in flight, or abandoned",
    "replaced": "skipped: this version was replaced by another one before",
    "refused": "refused: kept changing",
    "analysed": "analysed again",
    "revised": "superseded by new content",
    "troubled": "failed, to be retried",
}


def say_plan(found: Counts, order: Order, *, as_json: bool) -> None:
    """Print what a run would do."""
    due = min(found.due, order.limit or found.due)
    seconds = due / min(PACE, order.rate or PACE)
    if as_json:
        print_json(asdict(found) | {"due": due, "seconds": round(seconds, 1)})
        return
    out.print(
        f"{due} reviews to analyse again with version {order.processing_version}, about {seconds:.0f} s; "
        f"{found.already} have it already, {found.incomplete} are not complete"
    )


def say_outcome(order: Order, tally: Tally, seconds: float, *, as_json: bool) -> None:
    """Print what a run did."""
    if as_json:
        run = {"processing_version": order.processing_version, "run_id": order.run_id, "seconds": round(seconds, 1)}
        print_json(run | asdict(tally) | {"in_flight": tally.in_flight})
        return
    out.print(f"version {order.processing_version}, run {order.run_id}, {seconds:.1f} s")
    table = Table("reviews", "outcome")
    for name, meaning in OUTCOMES.items():
        if count := getattr(tally, name):
            table.add_row(str(count), meaning)
    if tally.in_flight:
        table.add_row(str(tally.in_flight), "still in flight: not waited for, so nothing is known of their outcome")
    out.print(table if table.row_count else "nothing to do")


def say_changes(report: Report, *, as_json: bool) -> None:
    """Print what a version changed."""
    if as_json:
        print_json(report.as_json())
        return
    if report.shadow:
        out.print(
            f"version {report.processing_version} is this command's own configuration; nothing was recorded or counted"
        )
    rest = f"{report.waiting} wait for their analysis, {report.alone} have nothing to compare with"
    out.print(f"up to position {report.position}; besides, {rest}", _by(report, "source"))
    if report.total.compared:
        out.print(_by(report, "language"), _matrix(report.total), _analyzers(report))
    if report.why:
        out.print(f"of the changed labels, so many with another {_why(report)}")
    if report.examples:
        out.print(_examples(report))


def _why(report: Report) -> str:
    names = {"limits": "weighing of the same evidence"}
    return ", ".join(f"{names.get(name, name)}: {n}" for name, n in report.why.most_common())


def _by(report: Report, part: str) -> Table:
    before = "the results now" if report.shadow else "the results before"
    against = before if report.against is None else f"version {report.against}"
    parts = report.sources if part == "source" else report.languages
    table = Table(
        *(part, "compared", "labels changed", "score moved by", "entities", "keywords"),
        title=f"Version {report.processing_version} against {against}",
    )
    for source, changes in [*sorted(parts.items()), ("(all)", report.total)]:
        shift = changes.mean_score_shift
        table.add_row(
            *(
                source,
                str(changes.compared),
                str(changes.labels_changed),
                "-" if shift is None else f"{shift:.3f}",
            ),
            *(
                f"+{changes.entities_gained} -{changes.entities_lost}",
                f"+{changes.keywords_gained} -{changes.keywords_lost}",
            ),
        )
    return table


def _matrix(total: Changes) -> Table:
    labels = sorted({label for pair in total.matrix for label in pair})
    table = Table("old label", *(f"now {label}" for label in labels))
    for old in labels:
        table.add_row(old, *(str(total.matrix[old, new]) for new in labels))
    return table


def _analyzers(report: Report) -> Table:
    old, new = report.analyzers["old"], report.analyzers["new"]
    table = Table("task", "analysed by", "now by")
    for task in sorted({*old, *new}):
        table.add_row(task, ", ".join(sorted(old.get(task, ()))), ", ".join(sorted(new.get(task, ()))))
    return table


def _examples(report: Report) -> Table:
    table = Table("review", "source", "label", "score", "why", title="Examples, the largest changes first")
    for each in report.examples:
        table.add_row(
            *(str(each.review_id), each.source, f"{each.old_label} → {each.new_label}"),
            *(f"{_score(each.old_score)} → {_score(each.new_score)}", ", ".join(each.why)),
        )
    return table


def _score(score: float | None) -> str:
    return "-" if score is None else f"{score:.2f}"
