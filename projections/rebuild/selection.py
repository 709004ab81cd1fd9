"""Which part of the history a replay covers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Selection:
    """Events after `from_position` and up to `to_position`, recorded from `since` on and before `before`.

    Of one tenant, of some topics, of some reviews. Empty: the whole history.
    """

    tenant_id: UUID | None = None
    from_position: int = 0
    to_position: int | None = None
    since: datetime | None = None
    before: datetime | None = None
    topics: frozenset[str] | None = None
    streams: frozenset[UUID] | None = None

    @property
    def everything(self) -> bool:
        """Whether it is the whole history."""
        return self == EVERYTHING

    @property
    def whole_tenant(self) -> bool:
        """Whether it is exactly one tenant's history."""
        return self.tenant_id is not None and self == Selection(tenant_id=self.tenant_id)

    @property
    def only_streams(self) -> bool:
        """Whether it names reviews and nothing else."""
        return self.streams is not None and replace(self, streams=None).everything

    def filters(self, topics: frozenset[str] | None) -> dict[str, Any]:
        """Keyword arguments for EventSource.scan and count, limited to a projection's `topics`; None means all."""
        wanted = topics if self.topics is None else self.topics if topics is None else topics & self.topics
        return {
            "after": self.from_position, "until": self.to_position, "topics": wanted, "tenant_id": self.tenant_id,
            "since": self.since, "before": self.before, "streams": self.streams,
        }  # fmt: skip


EVERYTHING = Selection()
