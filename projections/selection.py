"""Which part of history a replay is about."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Selection:
    """Events after `from_position`, recorded `since`, of one tenant, of some topics. Empty: the whole history."""

    tenant_id: UUID | None = None
    from_position: int = 0
    since: datetime | None = None
    topics: frozenset[str] | None = None

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Selection()

    @property
    def whole_tenant(self) -> bool:
        """Whether it is exactly one tenant's history."""
        return self.tenant_id is not None and self == Selection(tenant_id=self.tenant_id)

    def as_json(self) -> dict[str, Any] | None:
        """For the registry; None for everything."""
        if self.everything:
            return None
        topics = None if self.topics is None else sorted(self.topics)
        values = asdict(self) | {"topics": topics}
        return {name: value if isinstance(value, int | list) else str(value) for name, value in values.items() if value}

    def filters(self, topics: frozenset[str]) -> dict[str, Any]:
        """Keyword arguments for EventSource.scan and count, among a projection's `topics`."""
        wanted = topics if self.topics is None else topics & self.topics
        return {"after": self.from_position, "topics": wanted, "tenant_id": self.tenant_id, "since": self.since}


EVERYTHING = Selection()
