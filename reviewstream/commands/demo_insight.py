"""What the demo shows of insight: topics and aspects, and the week of bad news that an alarm finds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from rich.table import Table

from cli.common import err, out
from cli.topics_run import editor, load, reassign_all
from projections.queries.aspects import count_terms
from projections.queries.topics import TopicQueries
from reviewstream.bootstrap import Bootstrap
from reviewstream.demo.compose import DAYS, FIRST_DAY

MOST = 8


def find_topics(parts: Bootstrap, tenant: str) -> None:
    """Find topics, and give every review its own."""
    from operations.topics.fit import fit

    tenant_id = parts.tenants.get(tenant).id
    with err.status("finding topics"):
        fit(parts.event_log, tenant_id, editor(parts))
    reassign_all(parts, tenant_id, load(parts, tenant_id), dry_run=False)


def spoken_of(parts: Bootstrap, tenant: str) -> None:
    """Print the topics, and the terms in most reviews."""
    tenant_id = parts.tenants.get(tenant).id
    out.rule("What is spoken of")
    out.print(_topics(parts, tenant))
    table = Table("term", "reviews", "positive", "negative", title="By clause (PostgreSQL)", title_justify="left")
    for each in count_terms(parts.readmodels_pool, tenant_id, limit=MOST):
        table.add_row(each.term, *map(str, (each.reviews, each.positive, each.negative)))
    out.print(table)


def _topics(parts: Bootstrap, tenant: str) -> Table:
    last = (FIRST_DAY + timedelta(days=DAYS)).date()
    found = TopicQueries(parts.readmodels_pool, parts.clickhouse).report(
        parts.tenants.get(tenant).id, since=FIRST_DAY.date(), until=last
    )
    title = f"Topics: {found.with_topics} of {found.reviews} reviews have one (ClickHouse)"
    table = Table("topic", "reviews", "positive", "negative", "rating", title=title, title_justify="left")
    for each in found.topics[:MOST]:
        rating = "-" if each.avg_rating is None else f"{each.avg_rating:.2f}"
        table.add_row(each.title, str(each.reviews), str(each.sentiment_positive), str(each.sentiment_negative), rating)
    return table


def alarming(parts: Bootstrap, tenant: str) -> None:
    """Judge every day but the first weeks, and print which alarms were raised, and what drove them."""
    first = FIRST_DAY.date() + timedelta(days=28)
    last = min((FIRST_DAY + timedelta(days=DAYS)).date(), datetime.now(UTC).date() - timedelta(days=1))
    if last <= first:
        return
    with err.status("looking for what is unusual"):
        found = parts.alarms.look(parts.tenants.get(tenant).id, first, last)
    out.rule("What was unusual")
    for each in found.raised:
        drivers = ", ".join(driver.text for driver in each.drivers[:4]) or "-"
        out.print(
            f"{_days(each.first_day, each.day)}: {each.measure} of {each.source or 'all sources'} {each.observed:g}, "
            f"usual {each.expected:.1f}; {drivers}; {len(each.review_ids)} reviews"
        )
    if not found.raised:
        out.print("nothing")


def _days(first: date, last: date) -> str:
    return str(last) if first == last else f"{first} to {last}"
