"""Notifications to a Kafka topic, as CloudEvents keyed by review."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from connectors.kafka import ConfirmingProducer, Outgoing
from schemas.cloudevents import headers
from schemas.codec import encode
from schemas.messages import Notification
from services.notifications.channel import Delivered, GivenUp, Limits, Outcome, Traced
from services.notifications.faults import outcome_of
from telemetry import failpoints


class KafkaChannel:
    """Publishes to `topic`: one broker for all tenants, which answers or gives up within the producer's 30 s."""

    name = "kafka"
    limits = Limits(deadline=35.0, threads=1, by_tenant=False)

    def __init__(self, producer: ConfirmingProducer, topic: str) -> None:
        self._producer, self._topic = producer, topic

    def deliver(self, notifications: Sequence[Notification]) -> Sequence[Outcome]:
        """Delivered is what the broker has confirmed. A broker that is away or refuses us is an infrastructure error: retry later."""
        failpoints.hit("notification.before_send")
        found = self._sent(notifications)
        failpoints.hit("notification.confirmed")
        return found

    def _sent(self, notifications: Sequence[Notification]) -> list[Outcome]:
        errors = self._producer.send_each([self._outgoing(notification) for notification in notifications])
        found = [Delivered() if error is None else outcome_of(error) for error in errors]
        if len(notifications) == 1:
            return found
        # The broker takes or refuses what the client has packed together: one may be refused for its neighbour.
        return [
            self._sent([notification])[0] if isinstance(outcome, GivenUp) else outcome
            for notification, outcome in zip(notifications, found, strict=True)
        ]

    def _outgoing(self, notification: Notification) -> Outgoing:
        attributes = headers(
            UUID(notification.notification_id),
            Notification.TOPIC,
            subject=notification.review_id,
            time=notification.occurred_at,
            tenant=notification.tenant,
            extensions={"traceparent": notification.traceparent} if isinstance(notification, Traced) else None,
        )
        return Outgoing(self._topic, notification.review_id.encode(), encode(notification), attributes)
