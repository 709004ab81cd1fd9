"""Which abbreviations of a tenant's names stand for which long forms: never by their letters alone, always by reviews that have both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg_pool import ConnectionPool

from nlp.name_key import initials, name_key
from projections.queries.rows import ask

SHORTEST, LONGEST = 2, 6
ENOUGH = 2
"""Reviews that name both, unless one of them defines it: "British Airways (BA)"."""
CLEARLY = 2
"""How many times more often than with any other long form; in between, it stands for neither."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two keys in one review. `together` counts such reviews, `overlapping` those of the period and source asked for."""

    short: str
    long: str
    together: int
    overlapping: int
    defined: bool


def long_forms(pairs: Iterable[Pair]) -> dict[str, Pair]:
    """For each abbreviation the pair with its one long form; none where two are about as likely."""
    fitting: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if pair.short in initials(pair.long) and (pair.defined or pair.together >= ENOUGH):
            fitting[pair.short].append(pair)
    found = {}
    for short, those in fitting.items():
        first, *others = sorted(those, key=lambda pair: (-pair.together, pair.long))
        if all(first.together >= CLEARLY * other.together for other in others):
            found[short] = first
    return found


def is_abbreviation(text: str) -> bool:
    """Whether it is written as one: "BA", not "Ba"."""
    return SHORTEST <= len(text) <= LONGEST and text.isalnum() and text.isupper()


def find_pairs(
    pool: ConnectionPool[Any],
    tenant_id: UUID,
    shorts: Sequence[str],
    source: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Pair]:
    """Keys in one review with any of these, beginning with the same letter; at most 2,000, the most frequent ones."""
    if not shorts:
        return []
    values = {"tenant_id": tenant_id, "shorts": list(shorts), "source": source, "since": since, "until": until}
    return ask(pool, Pair, "abbreviations", values)


def keys_of(pool: ConnectionPool[Any], tenant_id: UUID, name: str) -> list[str]:
    """The key of a name, and with it that of its long form or abbreviation in this tenant's reviews."""
    key = name_key(name)
    shorts = [key] if " " not in key else sorted(initials(key))
    forms = long_forms(find_pairs(pool, tenant_id, [each for each in shorts if SHORTEST <= len(each) <= LONGEST]))
    related = {word for short, pair in forms.items() if key in (short, pair.long) for word in (short, pair.long)}
    return sorted({key} | related)
