"""How long each store keeps what is no longer needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """Days; 0 is for ever, of a retired version until the next replay."""

    handled_messages: float = 7
    retired_versions: float = 14
    settled_dead_letters: float = 90


def cutoff(days: float, now: datetime | None = None) -> datetime | None:
    """What is older goes; None: nothing does."""
    return (now or datetime.now(UTC)) - timedelta(days=days) if days else None


def words(days: float, what: str, *, otherwise: str = "for ever") -> str:
    """For people: `7 days after they were handled`."""
    return f"{days:g} days {what}" if days else otherwise
