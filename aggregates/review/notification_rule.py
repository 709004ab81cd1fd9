"""Which reviews a tenant wants to be told about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from schemas.errors import InvalidInput
from schemas.parts import Contribution

WIDEST = 1e9


@dataclass(frozen=True, slots=True)
class NotificationRule:
    """Tell when the rating (1 to 5) or the sentiment score (-1 to 1) is at or below a bound; None switches one off."""

    rating_at_most: float | None = 2.0
    sentiment_at_most: float | None = -0.5

    def matches(self, contribution: Contribution) -> str | None:
        """The condition that holds, for example `rating<=2`; None if none does."""
        if _at_most(contribution.rating, self.rating_at_most):
            return f"rating<={self.rating_at_most:g}"
        if _at_most(contribution.score, self.sentiment_at_most):
            return f"sentiment<={self.sentiment_at_most:g}"
        return None

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self:
        """The rule in a tenant's settings under `notify`. Raises InvalidInput for unknown keys and for no numbers."""
        given = settings.get("notify", {})
        if not isinstance(given, Mapping) or given.keys() - {"rating_at_most", "sentiment_at_most"}:
            raise InvalidInput(
                "notify knows rating_at_most and sentiment_at_most only",
                field="settings.notify",
                reason="unknown_field",
            )
        for name, bound in given.items():
            if not _is_bound(bound):
                raise InvalidInput(
                    f"notify.{name} is a number, or null to switch it off",
                    field=f"settings.notify.{name}",
                    reason="no_number",
                )
        return cls(**given)


def _is_bound(value: object) -> bool:
    if value is None:
        return True
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= WIDEST


def _at_most(value: float | None, bound: float | None) -> bool:
    return value is not None and bound is not None and value <= bound
