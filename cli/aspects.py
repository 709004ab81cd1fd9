"""`query aspects`: what reviews speak of and how; with --term the clauses, newest first."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
from rich.table import Column

from cli.common import bootstrap, data_dir_option, err, json_option, print_json, tenant_option
from cli.since import SINCE_HELP, Since
from cli.tables import show_table
from projections.queries.aspects import AspectFilter, AspectMention, TermCounts, count_terms, newest_mentions
from schemas.errors import InvalidInput


@click.command()
@tenant_option
@click.option("--term", help="Only this one, in the singular as the list shows it; also the newest clauses about it.")
@click.option("--label", type=click.Choice(["positive", "negative", "undetermined"]))
@click.option("--source")
@click.option("--since", type=Since(), help=f"Published since then: {SINCE_HELP}.")
@click.option("--until", type=Since(), help="Published before then, as for --since.")
@click.option(
    "--limit", type=click.IntRange(1, 500), default=20, show_default=True, help="Terms; with --term, clauses."
)
@json_option
@data_dir_option
def aspects(
    tenant: str,
    term: str | None,
    label: str | None,
    source: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Count what reviews speak of, by label: the terms in most reviews.

    A review that praises a term in one clause and blames it in another counts in both columns. The share of negative ones
    leaves the undetermined out.
    """
    if since is not None and until is not None and until <= since:
        raise InvalidInput("--until: is not after --since, so no review is between them", field="until")
    filters = AspectFilter(term, label, source, since, until)
    with bootstrap(data_dir) as parts:
        tenant_id = parts.tenants.get(tenant).id
        counts = count_terms(parts.readmodels_pool, tenant_id, filters, limit=limit)
        mentions = newest_mentions(parts.readmodels_pool, tenant_id, filters, limit=limit) if term is not None else []
    if as_json:
        terms = [asdict(each) | {"share_negative": each.share_negative} for each in counts]
        print_json({"terms": terms, "mentions": mentions})
        return
    _show(counts, mentions)
    if term is not None and not counts:
        err.print("no review speaks of it; `reviewstream query aspects` without --term lists the terms that there are")


def _show(counts: list[TermCounts], mentions: list[AspectMention]) -> None:
    head = ("term", "reviews", "positive", "negative", "undeterm.", "share negative")
    show_table(head, [(c.term, c.reviews, c.positive, c.negative, c.undetermined, c.share_negative) for c in counts])
    if mentions:
        head_of = ("review", "source", "published", "label", "p", Column("clause", overflow="fold"))
        rows = [(m.review_id, m.source, m.published_at.date(), m.label, m.probability, m.clause) for m in mentions]
        show_table(head_of, rows)
