"""A tenant's topics: how many reviews speak of each, how, and which way it goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from string import Template
from typing import Any
from uuid import UUID

from clickhouse_driver import Client
from psycopg_pool import ConnectionPool

from projections import registry
from projections.clickhouse.clients import Clients
from projections.queries.metrics import FIRST_DAY, LAST_DAY
from projections.queries.rows import ask
from projections.statements import text
from schemas.errors import InvalidInput
from schemas.topic_parts import WORDS_IN_A_NAME

SAMPLE = 20_000
"""Reviews that effects are estimated on at most."""


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic as it is named and arranged now."""

    topic_id: str
    name: str
    keywords: list[str]
    hidden: bool
    pinned: bool
    split: bool
    merged_into: str | None
    parent: str | None
    size: int
    version: int

    @property
    def title(self) -> str:
        """The name that somebody gave, or its first words."""
        return self.name or ", ".join(self.keywords[:WORDS_IN_A_NAME]) or f"topic {self.topic_id[:8]}"


@dataclass(frozen=True, slots=True)
class TopicSummary:
    """What reviews say about a topic. `share` (0 to 1) is of all reviews that were asked about.

    `trend` is the share in the later half of the days less that in the earlier half; None where one has no reviews.
    `examples` are the ids of the reviews that have it most surely. Averages are None where nothing was rated or scored.
    """

    topic_id: str
    title: str
    parent: str | None
    reviews: int
    share: float
    sentiment_positive: int
    sentiment_neutral: int
    sentiment_negative: int
    sentiment_undetermined: int
    avg_rating: float | None
    avg_score: float | None
    avg_confidence: float
    trend: float | None
    examples: list[str]


@dataclass(frozen=True, slots=True)
class TopicReport:
    """`reviews` were asked about, and `with_topics` of them have one; `hidden` topics are left out."""

    topics: list[TopicSummary]
    reviews: int
    with_topics: int
    hidden: int


@dataclass(frozen=True, slots=True)
class Observation:
    """What one review says: `month` is its first day, `about` ids of topics."""

    source: str
    month: str
    label: str
    rating: float | None
    about: tuple[str, ...]


def known_topics(pool: ConnectionPool[Any], tenant_id: UUID) -> list[TopicRow]:
    """All topics of a tenant, those with most reviews first."""
    return ask(pool, TopicRow, "topics", {"tenant_id": tenant_id})


def find_topic(pool: ConnectionPool[Any], tenant_id: UUID, named: str) -> str:
    """The id of the topic with this id, beginning of an id (4 characters or more) or title.

    Raises InvalidInput where there is none, or more than one.
    """
    wanted = named.strip().casefold()
    rows = known_topics(pool, tenant_id)
    found = [row.topic_id for row in rows if wanted in {row.topic_id, row.title.casefold()}] or [
        row.topic_id for row in rows if len(wanted) >= 4 and row.topic_id.startswith(wanted)
    ]
    if len(found) != 1:
        many = (
            f"is {len(found)} topics: give the id, one of {', '.join(found)}" if found else "is no topic of this tenant"
        )
        raise InvalidInput(f"--topic: {named!r} {many}; `reviewstream topics show` lists them", field="topic")
    return found[0]


class TopicQueries:
    """Queries ClickHouse's live version, and names topics by PostgreSQL."""

    def __init__(self, pool: ConnectionPool[Any], connect: Callable[[], Client], *, name: str = "analytics") -> None:
        self._pool, self._clients, self._name = pool, Clients(connect), name

    def report(
        self, tenant_id: UUID, *, since: date = FIRST_DAY, until: date = LAST_DAY, source: str = "", label: str = ""
    ) -> TopicReport:
        """Topics of the reviews of these days, both included; most reviews first. Empty filters match all."""
        asked = {"tenant_id": tenant_id, "since": since, "until": until, "source": source, "label": label}
        rows = {row.topic_id: row for row in known_topics(self._pool, tenant_id)}
        ((reviews, with_topics),) = self._ask("topic_coverage", asked)
        found = [_summary(rows.get(line[0]), line) for line in self._ask("topic_summary", asked)]
        shown = [one for one in found if one.topic_id not in rows or not rows[one.topic_id].hidden]
        return TopicReport(shown, reviews, with_topics, len(found) - len(shown))

    def observations(
        self, tenant_id: UUID, *, since: date = FIRST_DAY, until: date = LAST_DAY, source: str = "", most: int = SAMPLE
    ) -> list[Observation]:
        """Of each review what effects are estimated from; of very many a sample, always the same."""
        asked = {"tenant_id": tenant_id, "since": since, "until": until, "source": source, "most": most}
        rows = self._ask("topic_observations", asked)
        return [Observation(source, month, label, rating, tuple(about)) for source, month, label, rating, about in rows]

    def _ask(self, name: str, values: dict[str, Any]) -> Any:
        with self._pool.connection() as connection:
            live = registry.live_or_fail(connection, self._name)
        return self._clients.execute(Template(text(f"queries/sql/{name}")).substitute(database=live.target), values)


def _summary(row: TopicRow | None, line: tuple[Any, ...]) -> TopicSummary:
    topic_id, *numbers, examples = line
    title, parent = (row.title, row.parent) if row else (f"topic {topic_id[:8]}", None)
    return TopicSummary(*(topic_id, title, parent, *numbers, list(examples)))
