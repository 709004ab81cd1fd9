"""`query`: query the read models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.table import Column

from cli.aspects import aspects
from cli.common import bootstrap, data_dir_option, err, json_option, print_json, tenant_option
from cli.evaluate import evaluate
from cli.metrics import metrics
from cli.query_alarms import query_alarms
from cli.query_topics import impact, topics
from cli.review import review
from cli.similar import search, similar
from cli.tables import show_table
from cli.trends import trends
from nlp.settings import NAMES
from projections.queries.entities import TopEntity, top_entities
from projections.queries.keyword_ranking import LeftOut
from projections.queries.keywords import top_keywords
from projections.queries.operations import failures as find_failures
from projections.queries.reviews import ReviewFilter, ReviewRow, find_reviews
from projections.queries.topics import find_topic
from schemas.errors import InvalidInput
from schemas.known import check_known

LIMIT = click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True)


@click.group()
def query() -> None:
    """Query the read models: reviews, metrics, topics, trends, alarms, entities, keywords, aspects, search, evaluation."""


@query.command()
@tenant_option
@click.option("--source")
@click.option(
    "--label",
    "labels",
    multiple=True,
    type=click.Choice(["positive", "neutral", "negative", "undetermined"]),
    help="With this label; give it again for more.",
)
@click.option("--language", help="ISO 639-1 code, for example en.")
@click.option("--min-rating", type=click.FloatRange(1, 5))
@click.option("--max-rating", type=click.FloatRange(1, 5))
@click.option("--entity", help="Reviews that mention it.")
@click.option("--topic", help="Reviews about it: its id, the beginning of it, or its title.")
@click.option("--cursor", help="Continue after the last page.")
@LIMIT
@json_option
@data_dir_option
def reviews(tenant: str, cursor: str | None, limit: int, as_json: bool, data_dir: Path | None, **filters: Any) -> None:
    """List reviews, newest first."""
    low, high = filters["min_rating"], filters["max_rating"]
    if low is not None and high is not None and low > high:
        raise InvalidInput("--max-rating: is below --min-rating, so no review can match", field="max_rating")
    with bootstrap(data_dir) as parts:
        tenant_id = parts.tenants.get(tenant).id
        if filters["topic"] is not None:
            filters["topic"] = find_topic(parts.readmodels_pool, tenant_id, filters["topic"])
        page = find_reviews(parts.readmodels_pool, tenant_id, ReviewFilter(**filters), cursor=cursor, limit=limit)
    if as_json:
        print_json({"reviews": page.items, "next_cursor": page.next_cursor})
        return
    show_table(
        ("review", "source", "rating", Column("sentiment", no_wrap=True), "version", "published", "score", "language"),
        list(map(_review, page.items)),
    )
    if page.next_cursor:
        err.print(f"more with --cursor {page.next_cursor}")


def _review(row: ReviewRow) -> tuple[Any, ...]:
    """What a next command needs comes first."""
    found = (row.review_id, row.source, row.rating, row.sentiment_label, row.processing_version)
    return *found, row.published_at.date(), row.sentiment_score, row.language


@query.command()
@tenant_option
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
    if entity_type is not None and not found:
        check_known("--type", entity_type, sorted(NAMES), field="type")
    if as_json:
        print_json(found)
        return
    show_table(("entity", "type", "reviews", "sentiment", "salience", "joined"), list(map(_entity, found)))


def _entity(row: TopEntity) -> tuple[Any, ...]:
    joined = [f"{row.spellings} spellings"] if row.spellings > 1 else []
    joined += [f"{row.types} types"] if row.types > 1 else []
    return (
        row.text,
        row.type,
        row.reviews,
        row.avg_sentiment,
        row.avg_salience,
        ", ".join([*joined, *row.abbreviations]),
    )


@query.command()
@tenant_option
@click.option("--source")
@LIMIT
@json_option
@data_dir_option
def keywords(tenant: str, source: str | None, limit: int, as_json: bool, data_dir: Path | None) -> None:
    """List the key phrases in most reviews."""
    with bootstrap(data_dir) as parts:
        own = parts.tenants.get(tenant)
        found = top_keywords(parts.readmodels_pool, own.id, source=source, own_names=(own.slug, own.name), limit=limit)
    if as_json:
        print_json(found)
        return
    head = ("keyword", "reviews", "relevance", "association")
    show_table(head, [(k.text, k.reviews, k.avg_relevance, k.association) for k in found.keywords])
    err.print(_left_out(found.left_out))


def _left_out(left: LeftOut) -> str:
    kinds = {
        "boilerplate": left.boilerplate,
        "names of source, platform or tenant": left.names,
        "too general": left.praise,
    }
    told = [f"{len(words)} {kind} ({', '.join(words[:5])})" if words else f"0 {kind}" for kind, words in kinds.items()]
    return f"left out: {'; '.join(told)}. {left.spellings_joined} spellings joined to others."


@query.command()
@click.option("--tenant", help="Slug of the tenant; all tenants if not given.")
@LIMIT
@json_option
@data_dir_option
def failures(tenant: str | None, limit: int, as_json: bool, data_dir: Path | None) -> None:
    """List what went wrong, newest first."""
    with bootstrap(data_dir) as parts:
        tenant_id = parts.tenants.get(tenant).id if tenant is not None else None
        found = find_failures(parts.readmodels_pool, tenant_id=tenant_id, limit=limit)
    if as_json:
        print_json(found)
        return
    head = ("review", "kind", "step", "attempt", "when (UTC)", Column("error", overflow="fold"))
    show_table(head, [(f.review_id, f.kind, f.step, f.attempt, f.occurred_at, f.error or f.error_type) for f in found])


for command in (review, metrics, evaluate, query_alarms, trends, similar, search, topics, impact, aspects):
    query.add_command(command)
