"""Shares with the interval that their number allows: 3 of 4 is not 75 %."""

from __future__ import annotations

from dataclasses import dataclass

FEW = 30
"""Below so many, a figure is an anecdote, and is marked as one."""


@dataclass(frozen=True, slots=True)
class Share:
    """`k` of `n`, with Wilson's interval at 95 %; all None of nothing."""

    k: int
    n: int
    value: float | None
    low: float | None
    high: float | None

    @property
    def few(self) -> bool:
        """Whether there are too few to say much."""
        return self.n < FEW


def share(k: int, n: int) -> Share:
    """`k` of `n`. Raises ValueError unless 0 <= k <= n."""
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no share")
    if n == 0:
        return Share(0, 0, None, None, None)
    from scipy.stats import binomtest  # heavy: only commands that evaluate pay for it

    interval = binomtest(k, n).proportion_ci(method="wilson")
    return Share(k, n, round(k / n, 4), round(float(interval.low), 4), round(float(interval.high), 4))
