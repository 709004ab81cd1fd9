"""What became of the notifications of a review's revision so far.

Each has attempts and waits of its own: one channel that is to be left alone for an hour holds up no other, and what was
confirmed is not sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from aggregates.review.outcomes import Delivered, GivenUp, Outcome, RetryLater
from aggregates.review.retries import RetryPolicy
from schemas.parts import NotificationSent, NotificationUndelivered


@dataclass(frozen=True, slots=True)
class Notifications:
    """All that is due is in one of the three; which notifications are due is decided once in a revision."""

    delivered: tuple[NotificationSent, ...] = ()
    given_up: tuple[NotificationUndelivered, ...] = ()
    pending: tuple[NotificationUndelivered, ...] = ()

    def due(self, now: datetime) -> tuple[NotificationUndelivered, ...]:
        """The pending ones that may be tried now."""
        return tuple(each for each in self.pending if each.not_before is None or each.not_before <= now)

    def at_once(self, now: datetime) -> Self:
        """The same with nothing to wait for."""
        return replace(self, pending=tuple(replace(each, not_before=now) for each in self.pending))

    def after(self, outcomes: Mapping[str, Outcome], policy: RetryPolicy, now: datetime) -> Self:
        """The same once those were tried that have an outcome, by id; after its last attempt one is given up."""
        tried = [(each, outcomes[each.notification_id]) for each in self.pending if each.notification_id in outcomes]
        later = [_tried(each, outcome, policy, now) for each, outcome in tried if isinstance(outcome, RetryLater)]
        refused = [_given_up(each, outcome) for each, outcome in tried if isinstance(outcome, GivenUp)]
        waiting = [each for each in self.pending if each.notification_id not in outcomes]
        return replace(
            self,
            delivered=(*self.delivered, *(_sent(each) for each, found in tried if isinstance(found, Delivered))),
            given_up=(*self.given_up, *refused, *(each for each in later if each.not_before is None)),
            pending=(*waiting, *(each for each in later if each.not_before is not None)),
        )

    def next_attempt(self, now: datetime) -> datetime:
        """When the first of the pending ones is tried again."""
        return min((each.not_before or now for each in self.pending), default=now)


NONE = Notifications()
"""Nothing was due, or it is not known yet."""


def _sent(each: NotificationUndelivered) -> NotificationSent:
    return NotificationSent(each.notification_id, each.channel, each.rule)


def _given_up(each: NotificationUndelivered, outcome: GivenUp) -> NotificationUndelivered:
    return _failed(each, outcome, None)


def _tried(
    each: NotificationUndelivered, outcome: RetryLater, policy: RetryPolicy, now: datetime
) -> NotificationUndelivered:
    """With the time of its next attempt, or none after the last one. The other side may not ask for longer than `longest`."""
    if each.attempts + 1 >= policy.max_attempts:
        return _failed(each, outcome, None)
    asked = min(outcome.not_before or now, now + policy.longest)
    return _failed(each, outcome, max(asked, now + policy.wait(each.attempts + 1)))


def _failed(
    each: NotificationUndelivered, outcome: RetryLater | GivenUp, not_before: datetime | None
) -> NotificationUndelivered:
    said = replace(each, reason=outcome.reason, detail=outcome.text)
    return replace(said, attempts=each.attempts + 1, not_before=not_before)
