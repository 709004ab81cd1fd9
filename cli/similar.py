"""`query similar` and `query search`: reviews by meaning, like another one, and by words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import click
from rich.table import Column

from cli.common import bootstrap, data_dir_option, err, json_option, print_json, tenant_option
from cli.since import SINCE_HELP, Since
from cli.tables import show_table
from operations.search import Found, Hit, Search
from projections.queries.excerpts import SearchFilter
from schemas.errors import InvalidInput

F = TypeVar("F", bound=Callable[..., Any])
LABELS = ["positive", "neutral", "negative", "undetermined"]


def filter_options(function: F) -> F:
    """Options of SearchFilter, and --limit."""
    for option in reversed((
        click.option("--source"),
        click.option("--language", help="ISO 639-1 code, for example en."),
        click.option("--label", type=click.Choice(LABELS)),
        click.option("--since", type=Since(), help=f"Published since then: {SINCE_HELP}."),
        click.option("--until", type=Since(), help="Published before then."),
        click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True),
    )):  # fmt: skip
        function = option(function)
    return function


@click.command()
@tenant_option
@click.option("--text", help="What the reviews are to mean.")
@click.option("--review", type=click.UUID, help="Reviews like this one.")
@filter_options
@json_option
@data_dir_option
def similar(
    tenant: str,
    text: str | None,
    review: UUID | None,
    limit: int,
    as_json: bool,
    data_dir: Path | None,
    **filters: Any,
) -> None:
    """List reviews by meaning: near to a text, or like another review, nearest first."""
    if (text is None) == (review is None):
        raise InvalidInput("--text or --review: give one of them", field="text")
    wanted = _filter(**filters)
    with bootstrap(data_dir) as parts:
        tenant_id, search = parts.tenants.get(tenant).id, Search(parts.readmodels_pool, parts.clickhouse)
        if review is not None:
            found = search.like(tenant_id, review, wanted, limit=limit)
        else:
            found = search.by_meaning(tenant_id, text or "", wanted, limit=limit)
    _show(found, as_json)


@click.command()
@tenant_option
@click.option("--text", required=True, help='Words; also "a phrase", or, -without.')
@click.option("--by", type=click.Choice(["both", "words", "meaning"]), default="both", show_default=True)
@filter_options
@json_option
@data_dir_option
def search(tenant: str, text: str, by: str, limit: int, as_json: bool, data_dir: Path | None, **filters: Any) -> None:
    """Search reviews by words and by meaning, fused by their ranks in both."""
    wanted = _filter(**filters)
    with bootstrap(data_dir) as parts:
        asked = Search(parts.readmodels_pool, parts.clickhouse)
        how = {"both": asked.both, "words": asked.by_words, "meaning": asked.by_meaning}[by]
        found = how(parts.tenants.get(tenant).id, text, wanted, limit=limit)
    _show(found, as_json)


def _filter(since: datetime | None, until: datetime | None, **others: Any) -> SearchFilter:
    if since is not None and until is not None and until <= since:
        raise InvalidInput("--until: is not after --since, so nothing can be between them", field="until")
    return SearchFilter(since=since, until=until, **others)


def _show(found: Found, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    head = ("review", "similarity", "source", "published", "rating", "label", Column("text", overflow="fold"))
    show_table(head, list(map(_row, found.hits)))
    for encoder, count in found.not_compared.items():
        err.print(f"{count} reviews could not be compared: their vectors are of the encoder {encoder}")
    if found.not_shown:
        err.print(
            f"{found.not_shown} more were found, but the read model does not have them (any more, or yet) as they were found"
        )


def _row(hit: Hit) -> tuple[Any, ...]:
    one = hit.review
    return one.review_id, hit.similarity, one.source, one.published_at.date(), one.rating, one.label, one.text
