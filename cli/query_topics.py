"""`query topics` and `query impact`: what reviews speak of, and what that goes along with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.common import bootstrap, data_dir_option, err, json_option, print_json, tenant_option
from cli.metrics import DAY
from cli.tables import show_table
from projections.queries.aspects import aspect_observations
from projections.queries.metrics import FIRST_DAY, LAST_DAY
from projections.queries.topics import SAMPLE, Observation, TopicQueries, TopicSummary, known_topics
from schemas.errors import InvalidInput

if TYPE_CHECKING:
    from nlp.topics.impact import Effects

NAMES = {"topics": "topic_id", "aspects": "term"}
LABELS = click.Choice(["positive", "neutral", "negative", "undetermined"])
CAUTION = (
    "What goes along with a topic or aspect, not what it causes: reviews were not assigned to them by lot, and what people also "
    "wrote about or left out is not held equal. Intervals are wide where reviews are few."
)


@click.command(name="topics")
@tenant_option
@click.option("--source", default="", help="Only this source.")
@click.option("--label", type=LABELS, default=None, help="Only reviews with this label.")
@click.option("--since", type=DAY, help="First day of publication, YYYY-MM-DD.")
@click.option("--until", type=DAY, help="Last day, YYYY-MM-DD.")
@json_option
@data_dir_option
def topics(
    tenant: str,
    source: str,
    label: str | None,
    since: datetime | None,
    until: datetime | None,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """List what reviews speak of: how many, how they are meant, and which way it goes."""
    with bootstrap(data_dir) as parts:
        queries = TopicQueries(parts.readmodels_pool, parts.clickhouse)
        tenant_id = parts.tenants.get(tenant).id
        found = queries.report(tenant_id, **_days(since, until), source=source, label=label or "")
    if as_json:
        print_json(found)
        return
    head = ("topic", "title", "reviews", "share %", "positive", "negative", "rating", "trend %", "examples")
    show_table(head, list(map(_row, found.topics)))
    err.print(f"{found.with_topics} of {found.reviews} reviews have a topic; {found.hidden} hidden topics are left out")


def _row(one: TopicSummary) -> tuple[Any, ...]:
    trend = None if one.trend is None else 100 * one.trend
    meant = (one.sentiment_positive, one.sentiment_negative, one.avg_rating)
    return one.topic_id[:8], one.title, one.reviews, 100 * one.share, *meant, trend, " ".join(one.examples)


@click.command()
@tenant_option
@click.option(
    "--of",
    "kind",
    type=click.Choice(["topics", "aspects"]),
    default="topics",
    show_default=True,
    help="Effects of what.",
)
@click.option("--source", default="", help="Only this source.")
@click.option("--since", type=DAY, help="First day of publication, YYYY-MM-DD.")
@click.option("--until", type=DAY, help="Last day, YYYY-MM-DD.")
@json_option
@data_dir_option
def impact(
    tenant: str,
    kind: str,
    source: str,
    since: datetime | None,
    until: datetime | None,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Estimate what each topic, or each aspect, does to the rating and to the share of negative reviews, with intervals."""
    period = _days(since, until)
    with bootstrap(data_dir) as parts:
        tenant_id, pool = parts.tenants.get(tenant).id, parts.readmodels_pool
        if kind == "aspects":
            seen = aspect_observations(pool, tenant_id, **period, source=source, most=SAMPLE)
            titles = {term: term for one in seen for term in one.about}
        else:
            seen = TopicQueries(pool, parts.clickhouse).observations(tenant_id, **period, source=source)
            titles = {row.topic_id: row.title for row in known_topics(pool, tenant_id) if not row.hidden}
    found = {"rating": _effects(seen, negative=False), "negative_share": _effects(seen, negative=True)}
    if as_json:
        print_json(
            {name: _plain(effects, titles, NAMES[kind]) for name, effects in found.items()} | {"caution": CAUTION}
        )
        return
    for name, effects in found.items():
        head = (
            kind.removesuffix("s"),
            "title",
            "reviews",
            f"effect on {name.replace('_', ' ')}",
            "95 % from",
            "to",
            "clear",
        )
        show_table(head, [tuple(row.values()) for row in _plain(effects, titles, NAMES[kind])["effects"]])
        err.print(f"{effects.reviews} reviews; {len(effects.too_few)} {kind} in too few of them for an estimate")
    err.print(CAUTION)


def _effects(seen: Sequence[Observation], *, negative: bool) -> Effects:
    """On the share of negative reviews, those that are undetermined have no say."""
    from nlp.topics.impact import Case, effects

    def outcome(one: Observation) -> float | None:
        if not negative:
            return one.rating
        return None if one.label == "undetermined" else float(one.label == "negative")

    return effects([Case(one.about, one.source, one.month, outcome(one)) for one in seen])


def _plain(effects: Effects, titles: dict[str, str], name: str) -> dict[str, Any]:
    rows = [
        {
            name: one.topic_id, "title": titles[one.topic_id], "reviews": one.reviews, "effect": one.effect,
            "low": one.low, "high": one.high, "clear": one.clear,
        }
        for one in effects.effects
        if one.topic_id in titles
    ]  # fmt: skip
    return {"reviews": effects.reviews, "effects": rows, "too_few": list(effects.too_few)}


def _days(since: datetime | None, until: datetime | None) -> dict[str, Any]:
    if since is not None and until is not None and until < since:
        raise InvalidInput("--until: is before --since, so no day is between them", field="until")
    return {"since": since.date() if since else FIRST_DAY, "until": until.date() if until else LAST_DAY}
