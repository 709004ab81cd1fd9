"""Channels that hang, refuse and recover, on the real log and broker: nobody else waits, nothing is taken back or lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from aggregates.review.retries import RetryPolicy
from connectors.kafka import ConfirmingProducer
from eventstore.log import EventLog
from eventstore.model import RecordedEvent
from schemas.codec import decode
from schemas.errors import PermanentError, TransientError, Unavailable
from schemas.events.review import ReviewMarkedForRetry, SubscribersNotified
from schemas.messages import Notification
from services.notifications.channel import Channel, Delivered, GivenUp, Limits, Outcome, RetryLater
from services.notifications.delivery import Delivery
from services.notifications.kafka import KafkaChannel
from services.tenancy.directory import TenantDirectory
from services.tenancy.tenants import Tenant, Tenants
from streams.dead_letters.producer import DeadLetterProducer
from streams.runtime.reviews import Change, Reviews
from streams.runtime.step_runtime import StepRuntime
from streams.steps.notify import Notify
from streams.topics import NOTIFICATIONS
from telemetry.metrics import REGISTRY
from tests.services.channels import Hanging, Told
from tests.streams.making import NOW, collected, next_events, packed
from tests.streams.topics import Topic
from tests.waiting import until

BACKOFF = timedelta(seconds=10)
SHORT = Limits(deadline=2.0)


class Bench:
    """Reviews that wait for the step, and the runtime of one step whose process lives on."""

    def __init__(self, log: EventLog, directory: TenantDirectory, deadletters: DeadLetterProducer) -> None:
        self.log, self._directory, self._deadletters = log, directory, deadletters
        self.now = NOW
        self.streams: list[UUID] = []

    def use(self, *channels: Channel, attempts: int = 3) -> None:
        """From now on."""
        self.delivery = Delivery(channels)
        notify = Notify(self._directory, self.delivery, RetryPolicy(attempts, BACKOFF), now=lambda: self.now)
        # Without patience: whatever the step raises ends the worker, and this test.
        self.runtime = StepRuntime(notify, Reviews(self.log), self._deadletters, patience=0, now=lambda: self.now)

    async def review(self, tenant: Tenant, **fields: Any) -> UUID:
        """One that waits for notify."""
        change = collected(tenant=tenant.id, rating=1, **fields)
        events = [*change.events]
        while (standing := change.review.after(events)).step != "notify":
            events += next_events(standing)
        assert not await Reviews(self.log).append([Change(change.review, tuple(events))])
        self.streams.append(change.review.id)
        return change.review.id

    async def run(self, *, at: timedelta = timedelta(0)) -> None:
        """All reviews as one batch, each by its newest event, as a step topic would have them."""
        self.now = NOW + at
        newest = [self.log.read_stream(stream)[-1] for stream in self.streams]
        await self.runtime.commit(await self.runtime.prepare([packed(newest)]))

    def events(self, stream: UUID) -> list[Any]:
        """What followed the counting."""
        return [decode(each.state) for each in self._after_counting(stream)]

    def _after_counting(self, stream: UUID) -> Sequence[RecordedEvent]:
        recorded = self.log.read_stream(stream)
        assert not [each for each in recorded if "failed" in each.topic or "rolled_back" in each.topic]
        return recorded[[each.topic for each in recorded].index("review.analytics_updated") + 1 :]


@pytest.fixture
def bench(log: EventLog, directory: TenantDirectory, deadletters: DeadLetterProducer) -> Bench:
    return Bench(log, directory, deadletters)


@pytest.fixture
def hang() -> Iterator[Hanging]:
    made = Hanging(lambda each: each.tenant == "dead")
    yield made
    made.release()


def said(event: Any) -> tuple[list[str], list[tuple[str, str]]]:
    """Channels that delivered; channel and reason of what was given up or is tried again."""
    marked = isinstance(event, ReviewMarkedForRetry)
    sent = event.delivered if marked else event.notifications
    return [each.channel for each in sent], [
        (e.channel, e.reason) for e in (event.pending if marked else event.given_up)
    ]


def counted(channel: str, outcome: str) -> float:
    labels = {"channel": channel, "outcome": outcome}
    return REGISTRY.get_sample_value("reviewstream_notifications_total", labels) or 0.0


def failing(error: Exception, *, while_: Any = None) -> Any:
    """Raises it, as long as the list `while_` holds anything."""

    def answer(_: Notification) -> Outcome:
        if while_ is None or while_:
            raise error
        return Delivered()

    return answer


async def test_a_dead_endpoint_is_tried_again_alone_while_all_others_are_told_at_once(
    bench: Bench, tenants: Tenants, hang: Hanging, topics: str, shared_producer: ConfirmingProducer, buried: Topic
) -> None:
    reader, webhook = Topic(topics, NOTIFICATIONS), Told(hang, name="webhook", limits=SHORT)
    bench.use(KafkaChannel(shared_producer, NOTIFICATIONS), webhook)
    dead, *well = [await bench.review(tenants.create(slug)) for slug in ("dead", "well", "fine")]
    await bench.run()
    for stream in well:
        (told,) = bench.events(stream)
        assert isinstance(told, SubscribersNotified)
        assert said(told) == (["kafka", "webhook"], [])
    (marked,) = bench.events(dead)
    assert isinstance(marked, ReviewMarkedForRetry)
    assert said(marked) == (["kafka"], [("webhook", "timed_out")])
    assert marked.not_before == NOW + BACKOFF
    hang.release()
    until(lambda: not bench.delivery.in_flight, 20)
    await bench.run(at=BACKOFF)
    _, told = bench.events(dead)
    assert said(told) == (["kafka", "webhook"], [])
    assert len(reader.messages()) == 3, "who was told by Kafka is not told again"
    assert len(set(webhook.ids)) == len(webhook.ids) == 3, "nor by the webhook, which had answered late"
    assert buried.messages() == []


async def test_a_channel_that_refuses_for_good_completes_the_saga_and_says_why(
    bench: Bench, tenant: Tenant, topics: str, shared_producer: ConfirmingProducer, capfd: pytest.CaptureFixture[str]
) -> None:
    before = counted("mail", "given_up"), counted("kafka", "delivered")
    mail = Told(lambda _: GivenUp("no_such_box", "guest@mail.example does not exist"), name="mail")
    bench.use(KafkaChannel(shared_producer, NOTIFICATIONS), mail)
    stream = await bench.review(tenant)
    await bench.run()
    (told,) = bench.events(stream)
    assert said(told) == (["kafka"], [("mail", "no_such_box")])
    assert (told.given_up[0].attempts, told.given_up[0].detail) == (1, "*** does not exist")
    assert (counted("mail", "given_up"), counted("kafka", "delivered")) == (before[0] + 1, before[1] + 1)
    printed = capfd.readouterr().out
    assert "notification.given_up" in printed
    assert "guest@" not in printed


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TransientError("the gateway is away"), "unavailable"),
        (Unavailable("the key was revoked"), "misconfigured"),
        (ConnectionResetError(), "unreachable"),
    ],
)
async def test_a_channel_that_fails_and_recovers_is_told_on_the_retry(
    bench: Bench, tenant: Tenant, error: Exception, reason: str
) -> None:
    broken = [True]
    bench.use(Told(failing(error, while_=broken), name="webhook"), Told(name="sound"))
    streams = [await bench.review(tenant) for _ in range(3)]
    await bench.run()
    assert [said(bench.events(stream)[-1]) for stream in streams] == [(["sound"], [("webhook", reason)])] * 3
    await bench.run(at=BACKOFF - timedelta(seconds=2))
    assert [len(bench.events(stream)) for stream in streams] == [1] * 3, "not before its time"
    broken.clear()
    await bench.run(at=BACKOFF)
    assert [said(bench.events(stream)[-1]) for stream in streams] == [(["sound", "webhook"], [])] * 3


async def test_a_channel_that_never_answers_is_given_up_after_the_last_attempt_and_the_saga_completes(
    bench: Bench, tenants: Tenants, hang: Hanging
) -> None:
    webhook = Told(hang, name="webhook", limits=SHORT)
    bench.use(webhook, Told(name="sound"))
    stream = await bench.review(tenants.create("dead"))
    for at in (timedelta(0), BACKOFF, 3 * BACKOFF):
        await bench.run(at=at)
    *marked, told = bench.events(stream)
    assert [said(each)[1] for each in marked] == [[("webhook", "timed_out")], [("webhook", "busy")]]
    assert isinstance(told, SubscribersNotified)
    assert said(told) == (["sound"], [("webhook", "busy")])
    assert told.given_up[0].attempts == 3
    assert len(webhook.ids) == 1


async def test_a_channel_with_a_bug_ends_no_worker_and_delays_no_review(bench: Bench, tenant: Tenant) -> None:
    bench.use(Told(failing(KeyError("the words of a review")), name="buggy"), Told(name="sound"))
    streams = [await bench.review(tenant) for _ in range(3)]
    await bench.run()
    for stream in streams:
        (told,) = bench.events(stream)
        assert said(told) == (["sound"], [("buggy", "refused")])
        assert told.given_up[0].detail == "KeyError"


async def test_answers_for_some_and_errors_for_others_stay_with_their_reviews(bench: Bench, tenant: Tenant) -> None:
    def answer(each: Notification) -> Outcome:
        if each.external_id == "refused":
            raise PermanentError("not this one")
        return RetryLater("throttled", not_before=NOW + 2 * BACKOFF) if each.external_id == "slow" else Delivered()

    bench.use(Told(answer, name="webhook"))
    streams = [await bench.review(tenant, external_id=name) for name in ("a", "refused", "b", "slow")]
    await bench.run()
    found = [bench.events(stream)[-1] for stream in streams]
    assert [said(each) for each in found] == [
        (["webhook"], []), ([], [("webhook", "refused")]), (["webhook"], []), ([], [("webhook", "throttled")]),
    ]  # fmt: skip
    assert found[3].not_before == NOW + 2 * BACKOFF


async def test_who_is_due_is_decided_once_whatever_changes_before_the_retry(
    bench: Bench, tenant: Tenant, tenants: Tenants
) -> None:
    broken = [True]
    webhook = Told(failing(TransientError("away"), while_=broken), name="webhook")
    bench.use(webhook, Told(name="pager"))
    stream = await bench.review(tenant)
    await bench.run()
    tenants.change_settings(tenant.slug, {"notify": {"rating_at_most": None, "sentiment_at_most": None}})
    broken.clear()
    bench.use(webhook, Told(name="new"))
    await bench.run(at=BACKOFF)
    assert said(bench.events(stream)[-1]) == (["pager", "webhook"], [])
    assert len(set(webhook.ids)) == 1


async def test_a_channel_that_is_taken_away_before_the_retry_is_given_up(bench: Bench, tenant: Tenant) -> None:
    bench.use(Told(failing(TransientError("away")), name="webhook"))
    stream = await bench.review(tenant)
    await bench.run()
    bench.use(Told(name="other"))
    await bench.run(at=BACKOFF)
    assert said(bench.events(stream)[-1]) == ([], [("webhook", "unknown_channel")])


async def test_a_crash_after_the_channel_s_confirmation_repeats_the_same_id(bench: Bench, tenant: Tenant) -> None:
    webhook = Told(name="webhook")
    bench.use(webhook)
    stream = await bench.review(tenant)
    await bench.runtime.prepare([packed(bench.log.read_stream(stream)[-1:])])
    bench.use(webhook)
    await bench.run()
    (told,) = bench.events(stream)
    assert webhook.ids == [told.notifications[0].notification_id] * 2
