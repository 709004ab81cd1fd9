"""What a replay would change, as the stores list it."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows of one review, or a sum, that would change. `columns` are names: what stands in them may be personal."""

    table: str
    tenant_id: UUID
    key: str
    rows: int
    rows_then: int
    columns: tuple[str, ...] = ()


@dataclass(slots=True)
class Differences:
    """`total` by table: reviews whose rows differ there, or sums; `listed` has the first of them.

    `events` are those that were applied to compare, of `expected`; a replay of the same selection applies as many. `reviews`
    are those that a part of history names; None where all were compared.
    """

    name: str
    position: int
    limit: int
    expected: int = 0
    reviews: int | None = None
    events: int = 0
    total: dict[str, int] = field(default_factory=dict)
    listed: list[Difference] = field(default_factory=list)

    def add(self, found: Difference) -> None:
        """Count it, and keep it while there is room."""
        self.total[found.table] = self.total.get(found.table, 0) + 1
        if self.room:
            self.listed.append(found)

    @property
    def room(self) -> bool:
        """Whether more are listed."""
        return len(self.listed) < self.limit
