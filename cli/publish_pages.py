"""Output of `publish`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.table import Column, Table

from cli.common import err, out, print_json
from schemas.errors import Unavailable
from schemas.topics import INBOUND
from services.inbound.ledger import RejectionKind
from sources.publishing.publisher import Report, Sent

SHOWN = 20


def say_idle(readers: int | None, seconds: float) -> None:
    """Say that no row was validated for so long. Raises Unavailable where no worker reads the inbound topic.

    `readers` is how many do, None where the broker does not say.
    """
    still = f"no row was validated within {seconds:g} s"
    if readers == 0:
        raise Unavailable(
            f"{still}, and no worker reads {INBOUND}: start one with `reviewstream up`. "
            "The rows are safe in Kafka and will be validated then; the same command again shows the report"
        )
    who = f"{readers} workers read it, and are busy or starting" if readers else "Kafka does not say who reads it"
    err.print(f"{still} from {INBOUND}; {who}: waiting")


def say_notes(notes: Iterable[str]) -> None:
    """Say what was guessed or passed over, on stderr."""
    for note in notes:
        err.print(note, soft_wrap=True, markup=False)


def show_sent(sent: Sent, *, as_json: bool) -> None:
    """Print what was sent, and how to ask for the rest."""
    if as_json:
        print_json(sent)
        return
    out.print(
        f"sent {sent.sent} rows, not waiting for their validation; `reviewstream find {sent.run_id}` says what became of them",
        soft_wrap=True,
    )


def show(report: Report, *, as_json: bool) -> None:
    """Print the report on stdout."""
    if as_json:
        print_json(report)
        return
    out.print(f"sent {report.sent} rows: {counts(report)}")
    if report.kinds:
        table = Table(
            Column("rows", justify="right"),
            Column("reason", no_wrap=True),
            "first line",
            Column("what is wrong there", overflow="fold"),
            title="Rejected rows by kind (each is kept in reviews.deadletter)",
        )
        for each in report.kinds[:SHOWN]:
            table.add_row(str(each.count), each.reason, str(each.line), _with_column(each, report.columns))
        out.print(table)
        if len(report.kinds) > SHOWN:
            out.print(f"… and {len(report.kinds) - SHOWN} more kinds; --json has them")
        out.print(f"`reviewstream deadletters list --run {report.run_id}` lists each of them")
    if report.revised:
        err.print(
            f"{report.revised} rows replaced other words or another rating of a review that was known under the same source and id. "
            "If they are different reviews, give each file a --source of its own, or publish without the id: --map external_id="
        )


def counts(report: Report) -> str:
    """What became of the rows. Outcomes that seldom occur are named where they did."""
    seldom = [(name, getattr(report, name)) for name in ("revised", "corrected", "withdrawn")]
    named = [("accepted", report.accepted), *((name, count) for name, count in seldom if count)]
    named += [("deduplicated", report.deduplicated), ("rejected", report.rejected)]
    return ", ".join(f"{name} {count}" for name, count in named)


def _with_column(rejection: RejectionKind, columns: Mapping[str, str]) -> str:
    """The error, with the column of the file where that is called otherwise than the field."""
    column = columns.get(rejection.field, rejection.field)
    named = column == rejection.field or rejection.error.startswith(f"{column}:")
    return rejection.error if named else f"column {column}: {rejection.error}"
