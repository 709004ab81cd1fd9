"""The notify step: who is told, who is not, and that a channel that fails leaves nothing recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from aggregates.review.aggregate import Review
from aggregates.review.commands import request_reprocessing
from connectors.kafka import ConfirmingProducer
from eventstore.log import EventLog
from schemas.errors import PermanentError, TransientError
from schemas.messages import Notification
from services.notifications.channel import Traced
from services.notifications.kafka import KafkaChannel
from services.tenancy.directory import TenantDirectory
from services.tenancy.tenants import Tenant, Tenants
from streams.dead_letters.producer import DeadLetterProducer
from streams.runtime.reviews import Change, Reviews
from streams.runtime.step import Done, Failed, Outcome
from streams.runtime.step_runtime import StepRuntime
from streams.steps.notify import Notify
from streams.topics import NOTIFICATIONS
from telemetry.tracing import trace_id
from tests.streams.making import NOW, advanced, collected, next_events, packed, work
from tests.streams.topics import Topic


class Channel:
    """Remembers what it was told to deliver; may refuse."""

    def __init__(self, name: str = "list") -> None:
        self.name = name
        self.told: list[Notification] = []
        self.failing = False

    def deliver(self, notifications: Sequence[Notification]) -> None:
        self.told += notifications
        if self.failing:
            raise TransientError("nobody answers")


@pytest.fixture
def channel() -> Channel:
    return Channel()


def waiting(tenant: Tenant, *, score: float = -0.6, **fields: Any) -> Review:
    """A review that waits for notify, with that sentiment."""
    change = collected(tenant=tenant.id, **fields)
    review = advanced(change.review.after(change.events), until="notify")
    assert review.contribution is not None
    return replace(review, contribution=replace(review.contribution, score=score))


async def outcome(notify: Notify, tenant: Tenant, review: Review) -> Outcome:
    (found,) = await notify.perform([work(review, tenant=tenant.id)])
    return found


def sent(found: Outcome) -> list[tuple[str, str]]:
    """Channel and rule of each notification that the event records."""
    assert isinstance(found, Done)
    (event,) = found.events
    return [(each.channel, each.rule) for each in event.notifications]


@pytest.mark.parametrize(
    ("settings", "rating", "score", "rule"),
    [
        ({}, 2, 0.9, "rating<=2"),
        ({}, 3, -0.5, "sentiment<=-0.5"),
        ({}, 3, -0.4, None),
        ({}, None, -0.9, "sentiment<=-0.5"),
        ({"notify": {"rating_at_most": 4}}, 4, 0.9, "rating<=4"),
        ({"notify": {"rating_at_most": None}}, 1, 0.9, None),
        ({"notify": {"rating_at_most": None, "sentiment_at_most": 0}}, 5, 0.0, "sentiment<=0"),
    ],
)
async def test_the_tenant_s_rule_decides(
    directory: TenantDirectory,
    tenants: Tenants,
    channel: Channel,
    settings: dict[str, Any],
    rating: float | None,
    score: float,
    rule: str | None,
) -> None:
    tenant = tenants.create("ruled", settings=settings)
    review = waiting(tenant, rating=rating, score=score)
    found = await outcome(Notify(directory, [channel], now=lambda: NOW), tenant, review)
    assert sent(found) == ([("list", rule)] if rule else [])
    assert [each.rule for each in channel.told] == ([rule] if rule else [])


async def test_each_tenant_of_a_batch_has_its_own_rule(
    directory: TenantDirectory, tenants: Tenants, channel: Channel
) -> None:
    strict = tenants.create("strict", settings={"notify": {"rating_at_most": 5}})
    lax = tenants.create("lax", settings={"notify": {"rating_at_most": 1, "sentiment_at_most": None}})
    batch = [work(waiting(tenant, rating=4), tenant=tenant.id) for tenant in (strict, lax, strict)]
    found = await Notify(directory, [channel], now=lambda: NOW).perform(batch)
    assert [len(sent(each)) for each in found] == [1, 0, 1]
    assert [each.tenant for each in channel.told] == ["strict", "strict"]


async def test_a_changed_rule_counts_for_the_next_review(
    directory: TenantDirectory, tenants: Tenants, tenant: Tenant, channel: Channel
) -> None:
    notify = Notify(directory, [channel], now=lambda: NOW)
    assert sent(await outcome(notify, tenant, waiting(tenant, rating=4, score=0.5))) == []
    tenants.change_settings(tenant.slug, {"notify": {"rating_at_most": 4}})
    assert sent(await outcome(notify, tenant, waiting(tenant, rating=4, score=0.5))) == [("list", "rating<=4")]


async def test_every_channel_is_told_with_an_id_of_its_own_that_never_changes(
    directory: TenantDirectory, tenant: Tenant
) -> None:
    channels = [Channel("one"), Channel("two")]
    review = waiting(tenant, rating=1)
    first = await outcome(Notify(directory, channels, now=lambda: NOW), tenant, review)
    again = await outcome(Notify(directory, channels, now=lambda: NOW), tenant, replace(review, attempt=2))
    assert isinstance(first, Done)
    assert isinstance(again, Done)
    assert first.events[0].notifications == again.events[0].notifications
    told = [[each.notification_id for each in channel.told] for channel in channels]
    assert all(first_id == second_id for first_id, second_id in told)
    assert told[0] != told[1]
    assert {each.notification_id for each in first.events[0].notifications} == {ids[0] for ids in told}


async def test_a_notification_belongs_to_the_trace_of_its_saga(
    directory: TenantDirectory, tenant: Tenant, channel: Channel
) -> None:
    plain = work(waiting(tenant, rating=1), tenant=tenant.id)
    traced = replace(plain, item=replace(plain.item, correlation_id=uuid4()))
    await Notify(directory, [channel], now=lambda: NOW).perform([traced, plain])
    told, untraced = channel.told
    assert isinstance(told, Traced)
    assert trace_id(told.traceparent) == traced.item.correlation_id
    assert not isinstance(untraced, Traced), "nobody knows its trace"


async def test_a_reprocessed_review_tells_nobody_and_says_why(
    directory: TenantDirectory, tenant: Tenant, channel: Channel
) -> None:
    review = waiting(tenant, rating=1)
    first = await outcome(Notify(directory, [channel], now=lambda: NOW), tenant, review)
    assert isinstance(first, Done)
    review = review.after(first.events)
    review = advanced(review.after(request_reprocessing(review, "2", now=NOW)), until="notify")
    channel.told.clear()
    again = await outcome(Notify(directory, [channel], now=lambda: NOW), tenant, review)
    assert sent(again) == []
    assert isinstance(again, Done)
    assert again.events[0].suppressed == "reprocessing"
    assert channel.told == []


async def test_a_tenant_that_is_gone_fails_its_own_reviews_only(
    directory: TenantDirectory, tenant: Tenant, channel: Channel
) -> None:
    gone = replace(tenant, id=uuid4())
    batch = [work(waiting(each, rating=1), tenant=each.id) for each in (tenant, gone)]
    kept, lost = await Notify(directory, [channel], now=lambda: NOW).perform(batch)
    assert sent(kept) == [("list", "rating<=2")]
    assert isinstance(lost, Failed)
    assert isinstance(lost.error, PermanentError)
    assert len(channel.told) == 1


async def test_a_channel_that_fails_records_nothing_and_is_told_the_same_again(
    log: EventLog, directory: TenantDirectory, tenant: Tenant, channel: Channel, deadletters: DeadLetterProducer
) -> None:
    reviews = Reviews(log)
    change = collected(tenant=tenant.id, rating=1)
    events = [*change.events]
    while (standing := change.review.after(events)).step != "notify":
        events += next_events(standing)
    await reviews.append([Change(change.review, tuple(events))])
    before = log.head()
    step = Notify(directory, [channel], now=lambda: NOW)
    message = packed(log.read_stream(standing.id)[-1:])
    channel.failing = True
    runtime = StepRuntime(step, reviews, deadletters, patience=0.2, now=lambda: NOW)
    with pytest.raises(TransientError):
        await runtime.prepare([message])
    assert log.head() == before
    channel.failing = False
    runtime = StepRuntime(step, Reviews(log), deadletters, now=lambda: NOW)
    await runtime.commit(await runtime.prepare([message]))
    assert log.head() == before + 1
    assert len(channel.told) >= 2
    assert len({each.notification_id for each in channel.told}) == 1


async def test_a_notification_on_kafka_says_all_but_the_text(
    topics: str, shared_producer: ConfirmingProducer, directory: TenantDirectory, tenant: Tenant
) -> None:
    reader = Topic(topics, NOTIFICATIONS)
    review = waiting(tenant, rating=1, content="Words that stay private.")
    channel = KafkaChannel(shared_producer, NOTIFICATIONS)
    found = await outcome(Notify(directory, [channel], now=lambda: NOW), tenant, review)
    assert isinstance(found, Done)
    (message,) = reader.messages()
    (value,) = reader.values()
    (recorded,) = found.events[0].notifications
    assert value.notification_id == recorded.notification_id
    assert (value.tenant, value.review_id, value.rating) == (tenant.slug, str(review.id), 1.0)
    assert (message.key(), dict(message.headers())["ce_id"].decode()) == (
        str(review.id).encode(),
        value.notification_id,
    )
    assert b"private" not in message.value()
