"""`query`: ask the read models."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from rich.table import Column, Table

from projections.queries.findings import top_entities, top_keywords
from projections.queries.history import review_history
from projections.queries.metrics import FIRST_DAY, LAST_DAY, Metrics, Sums
from projections.queries.operations import failures as find_failures
from projections.queries.reviews import ReviewFilter, find_reviews
from reviewstream.cli.common import bootstrap, data_dir_option, err, json_option, out, print_json
from reviewstream.cli.history import show_history
from schemas.errors import InvalidInput

TENANT = click.option("--tenant", required=True, help="Slug of the tenant.")
LIMIT = click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True)
DAY = click.DateTime(formats=["%Y-%m-%d"])
COUNTS = ("total_reviews", "sentiment_positive", "sentiment_neutral", "sentiment_negative", "sentiment_undetermined")


@click.group()
def query() -> None:
    """Ask the read models: reviews, one review, metrics, entities, keywords, failures."""


@query.command()
@TENANT
@click.option("--source")
@click.option("--label", type=click.Choice(["positive", "neutral", "negative", "undetermined"]))
@click.option("--language", help="ISO 639-1 code, for example en.")
@click.option("--min-rating", type=click.FloatRange(1, 5))
@click.option("--max-rating", type=click.FloatRange(1, 5))
@click.option("--entity", help="Reviews that mention it.")
@click.option("--cursor", help="Go on after the last page.")
@LIMIT
@json_option
@data_dir_option
def reviews(tenant: str, cursor: str | None, limit: int, as_json: bool, data_dir: Path | None, **filters: Any) -> None:
    """List reviews, newest first."""
    with bootstrap(data_dir) as parts:
        tenant_id = parts.tenants.get(tenant).id
        page = find_reviews(parts.readmodels_pool, tenant_id, ReviewFilter(**filters), cursor=cursor, limit=limit)
    if as_json:
        print_json({"reviews": page.items, "next_cursor": page.next_cursor})
        return
    _table(
        ("review", "source", "published", "rating", "sentiment", "score", "language"),
        [
            (r.review_id, r.source, r.published_at.date(), r.rating, r.sentiment_label, r.sentiment_score, r.language)
            for r in page.items
        ],
    )
    if page.next_cursor:
        err.print(f"more with --cursor {page.next_cursor}", soft_wrap=True)


@query.command()
@click.argument("review_id", type=click.UUID)
@TENANT
@json_option
@data_dir_option
def review(review_id: UUID, tenant: str, as_json: bool, data_dir: Path | None) -> None:
    """Show one review with its history and the evidence behind its results."""
    with bootstrap(data_dir) as parts:
        tenant_id = parts.tenants.get(tenant).id
        found = review_history(parts.readmodels_pool, parts.event_log, tenant_id, review_id)
    if found is None:
        raise InvalidInput(
            f"tenant {tenant} has no review {review_id}; `reviewstream query reviews --tenant {tenant}` lists them",
            field="review_id",
        )
    if as_json:
        print_json(found)
    else:
        show_history(found)


@query.command()
@TENANT
@click.option("--by", type=click.Choice(["day", "source"]), default="day", show_default=True)
@click.option("--source", default="", help="Only this source (by day).")
@click.option("--since", type=DAY, help="First day, YYYY-MM-DD.")
@click.option("--until", type=DAY, help="Last day, YYYY-MM-DD.")
@json_option
@data_dir_option
def metrics(
    tenant: str,
    by: str,
    source: str,
    since: datetime | None,
    until: datetime | None,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Count sentiments and average ratings, by day of publication or by source."""
    first, last = _day(since, FIRST_DAY), _day(until, LAST_DAY)
    with bootstrap(data_dir) as parts:
        asking, tenant_id = Metrics(parts.readmodels_pool, parts.clickhouse), parts.tenants.get(tenant).id
        if by == "day":
            found = [
                (str(each.day), each.sums) for each in asking.by_day(tenant_id, since=first, until=last, source=source)
            ]
        else:
            found = [(each.source, each.sums) for each in asking.by_source(tenant_id, since=first, until=last)]
    if as_json:
        print_json([{"key": key, **_flat(sums)} for key, sums in found])
    else:
        out.print(metrics_table(by, found))


@query.command()
@TENANT
@click.option("--type", "entity_type", help="For example PERSON, ORG, GPE.")
@click.option("--source")
@LIMIT
@json_option
@data_dir_option
def entities(
    tenant: str, entity_type: str | None, source: str | None, limit: int, as_json: bool, data_dir: Path | None
) -> None:
    """List the entities in most reviews."""
    with bootstrap(data_dir) as parts:
        tenant_id = parts.tenants.get(tenant).id
        found = top_entities(parts.readmodels_pool, tenant_id, entity_type=entity_type, source=source, limit=limit)
    if as_json:
        print_json(found)
        return
    head = ("entity", "type", "reviews", "sentiment", "salience")
    _table(head, [(e.text, e.type, e.reviews, e.avg_sentiment, e.avg_salience) for e in found])


@query.command()
@TENANT
@click.option("--source")
@LIMIT
@json_option
@data_dir_option
def keywords(tenant: str, source: str | None, limit: int, as_json: bool, data_dir: Path | None) -> None:
    """List the key phrases in most reviews."""
    with bootstrap(data_dir) as parts:
        found = top_keywords(parts.readmodels_pool, parts.tenants.get(tenant).id, source=source, limit=limit)
    if as_json:
        print_json(found)
        return
    _table(("keyword", "reviews", "relevance"), [(k.text, k.reviews, k.avg_relevance) for k in found])


@query.command()
@click.option("--tenant", help="Slug of the tenant; all tenants if not given.")
@LIMIT
@json_option
@data_dir_option
def failures(tenant: str | None, limit: int, as_json: bool, data_dir: Path | None) -> None:
    """List what went wrong, newest first."""
    with bootstrap(data_dir) as parts:
        tenant_id = parts.tenants.get(tenant).id if tenant else None
        found = find_failures(parts.readmodels_pool, tenant_id=tenant_id, limit=limit)
    if as_json:
        print_json(found)
        return
    head = ("when", "kind", "review", "step", "attempt", "error")
    _table(head, [(f.occurred_at, f.kind, f.review_id, f.step, f.attempt, f.error or f.error_type) for f in found])


def metrics_table(by: str, found: Sequence[tuple[str, Sums]]) -> Table:
    """Metrics as people read them."""
    table = Table(
        Column(by, no_wrap=True), "reviews", "positive", "neutral", "negative", "undeterm.", "rating", "score"
    )
    for key, sums in found:
        numbers = [getattr(sums, name) for name in COUNTS]
        table.add_row(key, *map(str, numbers), _cell(sums.avg_rating), _cell(sums.avg_score))
    return table


def _flat(sums: Sums) -> dict[str, Any]:
    return {name: getattr(sums, name) for name in (*COUNTS, "avg_rating", "avg_score")}


def _day(given: datetime | None, otherwise: date) -> date:
    return given.date() if given else otherwise


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    table = Table(*head)
    for row in rows:
        table.add_row(*map(_cell, row))
    out.print(table)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
