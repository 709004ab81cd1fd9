"""What is captured: which tables and fields leave their database. Nothing else does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.databases import DATABASES
from schemas.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Capture:
    """One connector. `name` is also its template's; `store` names the setting with its database's URL.

    `tables` are all that it sees, each with its columns (of a MongoDB collection, fields). In PostgreSQL the publication
    has no more than these, so nothing else reaches even Connect. `operations` as in a publication.
    """

    name: str
    store: str
    service: str
    tables: Mapping[str, tuple[str, ...]]
    operations: str = "insert, update, delete"
    routed: bool = False
    """Its topics depend on the captured events, and are created elsewhere."""

    @property
    def topics(self) -> list[str]:
        """Its own topics: `cdc.<service>.<table>`."""
        return [] if self.routed else [f"cdc.{self.service}.{table}" for table in self.tables]


OUTBOX = Capture(
    "outbox",
    "eventstore",
    "eventstore",
    {
        "events": (
            "position",
            "tenant_id",
            "originator_id",
            "originator_version",
            "topic",
            "state",
            "event_id",
            "causation_id",
            "correlation_id",
            "recorded_at",
        ),
    },
    operations="insert",
    routed=True,
)
# A further table is one more line. Every reader of the topics can read what it names: no names of people, no
# texts, no settings, no secrets. A key must be among the columns.
TENANTS = Capture(
    "tenants",
    "tenancy",
    "tenancy",
    {
        "tenants": ("id", "slug", "subscription_tier", "created_at"),
    },
)
RAW_REVIEWS = Capture(
    "raw_reviews",
    "mongo",
    "collection",
    {
        "raw_reviews": (
            "review_id",
            "tenant_id",
            "source_id",
            "platform",
            "revision",
            "rating",
            "date",
            "year_month",
            "collected_at",
        ),
    },
)
CAPTURES: Mapping[str, Capture] = {each.name: each for each in (OUTBOX, TENANTS, RAW_REVIEWS)}

ON_POSTGRES = tuple(each for each in CAPTURES.values() if each.store in DATABASES)


def capture(name: str) -> Capture:
    """The capture of that name. Raises InvalidInput that lists them."""
    if name not in CAPTURES:
        raise InvalidInput(f"no connector is called {name}; choose from {', '.join(CAPTURES)}", field="name")
    return CAPTURES[name]
