"""Notifications to a Kafka topic, as CloudEvents keyed by review."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from connectors.kafka import ConfirmingProducer, Outgoing
from schemas.cloudevents import headers
from schemas.codec import encode
from schemas.messages import Notification
from services.notifications.channel import Traced
from telemetry import failpoints


class KafkaChannel:
    """Publishes to `topic`."""

    name = "kafka"

    def __init__(self, producer: ConfirmingProducer, topic: str) -> None:
        self._producer, self._topic = producer, topic

    def deliver(self, notifications: Sequence[Notification]) -> None:
        """Return when the broker has confirmed all."""
        failpoints.hit("notification.before_send")
        self._producer.send([self._outgoing(notification) for notification in notifications])
        failpoints.hit("notification.confirmed")

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
