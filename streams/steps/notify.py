"""The notify step: matches the tenant's rule and tells every channel. The saga ends here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aggregates.ids import notification_id
from aggregates.review.commands import record_notified
from schemas.errors import PermanentError
from schemas.messages import Notification
from schemas.parts import NotificationSent
from schemas.record import to_record
from services.notifications.channel import Channel, Traced
from services.tenancy.directory import TenantDirectory
from services.tenancy.tenants import Tenant
from streams.runtime.step import Done, Failed, Outcome, Work
from telemetry.tracing import traceparent

REPROCESSING = "reprocessing"


@dataclass(frozen=True, slots=True)
class _Match:
    work: Work
    tenant: Tenant
    rule: str


class Notify:
    """Tells `channels` about reviews that match; a reprocessed review tells nobody."""

    name = "notify"

    def __init__(
        self,
        tenants: TenantDirectory,
        channels: Sequence[Channel],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._tenants, self._channels, self._now = tenants, channels, now

    async def perform(self, work: Sequence[Work]) -> Sequence[Outcome]:
        """Every channel has confirmed every match when this returns."""
        now = self._now()
        matched = await asyncio.to_thread(lambda: [self._match(each) for each in work])
        matches = [match for match in matched if isinstance(match, _Match)]
        for channel in self._channels if matches else ():
            await asyncio.to_thread(channel.deliver, [_traced(match, channel, now) for match in matches])
        return [self._outcome(each, match, now) for each, match in zip(work, matched, strict=True)]

    def _match(self, work: Work) -> _Match | Exception | None:
        contribution = work.review.contribution
        tenant = self._tenants.find(str(work.item.tenant_id))
        if tenant is None:
            return PermanentError(f"tenant {work.item.tenant_id} is not registered any more")
        if contribution is None or work.review.quiet:
            return None
        rule = tenant.rule.matches(contribution)
        return _Match(work, tenant, rule) if rule else None

    def _outcome(self, work: Work, match: _Match | Exception | None, now: datetime) -> Outcome:
        if isinstance(match, Exception):
            return Failed(match)
        rules = [(channel, match.rule) for channel in self._channels] if match else []
        sent = [NotificationSent(_id(work, channel, rule), channel.name, rule) for channel, rule in rules]
        suppressed = REPROCESSING if work.review.quiet else None
        return Done(record_notified(work.review, work.review.revision, sent, suppressed=suppressed, now=now))


def _id(work: Work, channel: Channel, rule: str) -> str:
    return str(notification_id(work.review.id, work.review.revision, channel.name, rule))


def _traced(match: _Match, channel: Channel, now: datetime) -> Notification:
    plain, item = _notification(match, channel, now), match.work.item
    if item.correlation_id is None:
        return plain
    return Traced(**to_record(plain), traceparent=traceparent(item.correlation_id, item.event_id))


def _notification(match: _Match, channel: Channel, now: datetime) -> Notification:
    review, contribution = match.work.review, match.work.review.contribution
    assert contribution is not None
    return Notification(
        notification_id=_id(match.work, channel, match.rule),
        tenant=match.tenant.slug,
        review_id=str(review.id),
        revision=review.revision,
        rule=match.rule,
        source=contribution.source,
        external_id=review.body.external_id,
        rating=contribution.rating,
        label=contribution.label,
        score=contribution.score,
        occurred_at=now,
    )
