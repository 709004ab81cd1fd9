"""The notify step: matches the tenant's rule and tells every channel. The saga ends here."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog

from aggregates.ids import notification_id
from aggregates.review.aggregate import Review
from aggregates.review.commands import record_notified
from aggregates.review.notifications import Notifications
from aggregates.review.retries import RetryPolicy
from schemas.errors import PermanentError
from schemas.messages import Notification
from schemas.parts import NotificationSent, NotificationUndelivered
from schemas.record import to_record
from services.notifications.channel import Outcome as OutcomeOfOne
from services.notifications.channel import Traced
from services.notifications.delivery import Delivery
from services.tenancy.directory import TenantDirectory
from services.tenancy.tenants import Tenant
from streams.runtime.step import Done, Failed, Outcome, Work
from telemetry.metrics import NOTIFICATIONS
from telemetry.tracing import traceparent

log = structlog.get_logger(__name__)
REPROCESSING = "reprocessing"


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a review's tenant is told: all that is known of its notifications, and those that are tried now."""

    work: Work
    tenant: Tenant
    so_far: Notifications
    due: tuple[NotificationUndelivered, ...]

    def after(self, outcomes: Mapping[str, OutcomeOfOne], retries: RetryPolicy, now: datetime) -> _Told:
        mine = {each.notification_id: outcomes[each.notification_id] for each in self.due}
        return _Told(self.work.review, mine.keys(), self.so_far.after(mine, retries, now))


@dataclass(frozen=True, slots=True)
class _Told:
    """What became of it; `tried` are ids."""

    review: Review
    tried: AbstractSet[str]
    notifications: Notifications

    def events(self, now: datetime) -> tuple[object, ...]:
        suppressed = REPROCESSING if self.review.quiet else None
        return record_notified(self.review, self.review.revision, self.notifications, suppressed=suppressed, now=now)

    def by_outcome(self) -> Iterator[tuple[str, NotificationSent | NotificationUndelivered]]:
        """What was tried just now."""
        found = self.notifications
        groups = (("delivered", found.delivered), ("given_up", found.given_up), ("retry_later", found.pending))
        for outcome, those in groups:
            yield from ((outcome, each) for each in those if each.notification_id in self.tried)


class Notify:
    """Tells channels about reviews that match; a reprocessed review tells no one.

    A notification that is not delivered is tried again by itself, as `retries` says, and given up after that; nothing
    of the review is withdrawn for it.
    """

    name = "notify"

    def __init__(
        self,
        tenants: TenantDirectory,
        delivery: Delivery,
        retries: RetryPolicy,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._tenants, self._delivery, self._retries, self._now = tenants, delivery, retries, now

    async def perform(self, work: Sequence[Work]) -> Sequence[Outcome]:
        """Every channel was asked, and has confirmed what the events say that it has; within the channels' deadlines."""
        now = self._now()
        plans = await asyncio.to_thread(lambda: [self._plan(each, now) for each in work])
        told = await asyncio.to_thread(self._delivery.deliver, _by_channel(plans, now))
        now = self._now()
        found = [plan if isinstance(plan, Exception) else plan.after(told, self._retries, now) for plan in plans]
        _tell([each for each in found if isinstance(each, _Told)])
        return [Failed(each) if isinstance(each, Exception) else Done(each.events(now)) for each in found]

    def _plan(self, work: Work, now: datetime) -> _Plan | Exception:
        review = work.review
        tenant = self._tenants.find(str(work.item.tenant_id))
        if tenant is None:
            return PermanentError(f"tenant {work.item.tenant_id} is not registered any more")
        so_far = review.notifications
        if not so_far.pending:
            so_far = replace(so_far, pending=self._matched(work, tenant))
        return _Plan(work, tenant, so_far, so_far.due(max(now, review.not_before or now)))

    def _matched(self, work: Work, tenant: Tenant) -> tuple[NotificationUndelivered, ...]:
        contribution = work.review.contribution
        if contribution is None or work.review.quiet or (rule := tenant.rule.matches(contribution)) is None:
            return ()
        return tuple(
            NotificationUndelivered(_id(work, channel, rule), channel, rule, attempts=0, reason="")
            for channel in self._delivery.names
        )


def _by_channel(plans: Sequence[_Plan | Exception], now: datetime) -> dict[str, list[Notification]]:
    notifications: dict[str, list[Notification]] = defaultdict(list)
    for plan in plans:
        if isinstance(plan, _Plan):
            for each in plan.due:
                notifications[each.channel].append(_traced(plan, each, now))
    return notifications


def _id(work: Work, channel: str, rule: str) -> str:
    return str(notification_id(work.review.id, work.review.revision, channel, rule))


def _traced(plan: _Plan, due: NotificationUndelivered, now: datetime) -> Notification:
    plain, item = _notification(plan, due, now), plan.work.item
    if item.correlation_id is None:
        return plain
    return Traced(**to_record(plain), traceparent=traceparent(item.correlation_id, item.event_id))


def _notification(plan: _Plan, due: NotificationUndelivered, now: datetime) -> Notification:
    review, contribution = plan.work.review, plan.work.review.contribution
    assert contribution is not None
    return Notification(
        notification_id=due.notification_id,
        tenant=plan.tenant.slug,
        review_id=str(review.id),
        revision=review.revision,
        rule=due.rule,
        source=contribution.source,
        external_id=review.body.external_id,
        rating=contribution.rating,
        label=contribution.label,
        score=contribution.score,
        occurred_at=now,
    )


def _tell(told: Sequence[_Told]) -> None:
    """Count, and say what was given up: no one else will notice what did not come."""
    lost: dict[tuple[str, str], list[Review]] = defaultdict(list)
    for each in told:
        for outcome, one in each.by_outcome():
            NOTIFICATIONS.labels(one.channel, outcome).inc()
            if outcome == "given_up" and isinstance(one, NotificationUndelivered):
                lost[one.channel, one.reason].append(each.review)
    for (channel, reason), reviews in lost.items():
        about = {"reviews": len(reviews), "first": str(reviews[0].id)}
        log.error("notification.given_up", channel=channel, reason=reason, **about)
