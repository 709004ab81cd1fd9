"""Whatever channels answer, on whichever attempt: every saga ends, nothing due is missing, nothing confirmed comes again."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregates.review.aggregate import Review
from aggregates.review.retries import RetryPolicy
from aggregates.review.saga import DONE
from schemas.codec import decode, encode
from schemas.errors import PermanentError, TransientError
from schemas.events.review import ReviewMarkedForRetry, SubscribersNotified
from schemas.messages import Notification
from services.notifications.channel import Delivered, GivenUp, Limits, Outcome, RetryLater
from services.notifications.delivery import Delivery
from services.tenancy.directory import TenantDirectory
from services.tenancy.tenants import Tenant
from streams.runtime.step import Done
from streams.steps.notify import Notify
from tests.services.channels import Told
from tests.streams.making import NOW, advanced, collected, work

ATTEMPTS = 3
POLICY = RetryPolicy(ATTEMPTS, timedelta(seconds=10), timedelta(seconds=60))
NAMES = ("one", "two")
KINDS = ("delivered", "later", "asked to wait", "given up", "lost", "transient", "permanent", "silent")
Scripts = list[dict[str, list[str]]]
"""By review: by channel, what comes of each attempt; delivered where none is left."""


@st.composite
def scripts(draw: st.DrawFn) -> Scripts:
    one = st.lists(st.sampled_from(KINDS), max_size=ATTEMPTS + 1)
    return draw(st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES, one)), min_size=1, max_size=4))


class Outside:
    """Both channels' other side: it knows what it got, and what it confirmed."""

    def __init__(self, plan: Mapping[str, Mapping[str, list[str]]]) -> None:
        self._plan = {review: {name: list(kinds) for name, kinds in each.items()} for review, each in plan.items()}
        self.got: Counter[str] = Counter()
        self.unconfirmed: Counter[str] = Counter()
        self.confirmed: set[str] = set()

    def channel(self, name: str, *, by_tenant: bool) -> Told:
        return Told(lambda each: self._answer(name, each), name=name, limits=Limits(deadline=60, by_tenant=by_tenant))

    def _answer(self, name: str, each: Notification) -> Outcome:
        assert each.notification_id not in self.confirmed, "it was confirmed, and came again"
        left = self._plan[each.review_id][name]
        kind = left.pop(0) if left else "delivered"
        if kind in {"delivered", "lost"}:
            self.got[each.notification_id] += 1
        if kind == "delivered":
            self.confirmed.add(each.notification_id)
            return Delivered()
        if kind == "lost":
            self.unconfirmed[each.notification_id] += 1
        return _other(kind, each)


def _other(kind: str, each: Notification) -> Outcome:
    if kind == "permanent":
        raise PermanentError("no")
    if kind in {"transient", "lost"}:
        raise TransientError("away")
    if kind == "silent":
        raise StopIteration  # in a generator: an error of its own kind
    if kind == "given up":
        return GivenUp("gone")
    return RetryLater("throttled", not_before=each.occurred_at + timedelta(seconds=45 * (kind == "asked to wait")))


async def saga(notify: Notify, clock: list[datetime], reviews: list[Review], tenant: UUID) -> dict[UUID, list[Any]]:
    """Run batches of what is due until every review is done; their events, through the contracts."""
    happened: dict[UUID, list[Any]] = defaultdict(list)
    for _ in range(2 * ATTEMPTS * len(NAMES) * len(reviews) + 1):
        waiting = [review for review in reviews if review.step != DONE]
        if not waiting:
            return happened
        clock[0] = max(clock[0], min(review.not_before or NOW for review in waiting))
        due = [review for review in waiting if review.due("notify", clock[0])]
        outcomes = await notify.perform([work(review, tenant=tenant) for review in due])
        for review, outcome in zip(due, outcomes, strict=True):
            assert isinstance(outcome, Done)
            events = [decode(encode(event)) for event in outcome.events]
            happened[review.id] += events
            reviews[reviews.index(review)] = review.after(events)
    raise AssertionError("sagas that never end")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plans=scripts(), by_tenant=st.booleans())
def test_every_saga_ends_and_every_notification_that_was_due_is_delivered_or_given_up(
    directory: TenantDirectory, tenant: Tenant, plans: Scripts, by_tenant: bool
) -> None:
    made = [collected(tenant=tenant.id, rating=1) for _ in plans]
    reviews = [advanced(change.review.after(change.events), until="notify") for change in made]
    outside = Outside({str(review.id): plan for review, plan in zip(reviews, plans, strict=True)})
    clock = [NOW]
    delivery = Delivery([outside.channel(name, by_tenant=by_tenant) for name in NAMES])
    notify = Notify(directory, delivery, POLICY, now=lambda: clock[0])
    counted = [review.contribution for review in reviews]
    happened = asyncio.run(saga(notify, clock, reviews, tenant.id))
    delivery.close()
    assert [review.step for review in reviews] == [DONE] * len(reviews)
    assert [review.contribution for review in reviews] == counted
    for events in happened.values():
        *marked, told = events
        assert isinstance(told, SubscribersNotified)
        assert all(isinstance(each, ReviewMarkedForRetry) for each in marked)
        _complete(told, outside)
    for name, times in outside.got.items():
        assert times <= outside.unconfirmed[name] + 1


def _complete(told: SubscribersNotified, outside: Outside) -> None:
    """Delivered and given up are all that was due, once each; what counts as delivered was confirmed, and the reverse."""
    assert sorted(each.channel for each in (*told.notifications, *told.given_up)) == sorted(NAMES)
    assert all(each.notification_id in outside.confirmed for each in told.notifications)
    assert all(each.notification_id not in outside.confirmed for each in told.given_up)
    assert all(1 <= each.attempts <= ATTEMPTS and each.reason for each in told.given_up)
