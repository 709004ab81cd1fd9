"""How often something is tried, and how long each wait is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

LONGEST = timedelta(hours=1)
MOST_DOUBLINGS = 20
"""Beyond them the longest wait is reached anyway, and a timedelta would overflow."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """`max_attempts` in all; the first wait is `backoff`, each later one twice as long, up to `longest`."""

    max_attempts: int
    backoff: timedelta
    longest: timedelta = LONGEST

    def wait(self, attempt: int) -> timedelta:
        """How long to wait after that attempt has failed; the first is 1."""
        return min(self.backoff * (1 << min(attempt - 1, MOST_DOUBLINGS)), self.longest)
