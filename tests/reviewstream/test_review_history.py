"""What `reviewstream query review` says of notifications."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cli.history import SUMMARIES
from projections.queries.jsonable import jsonable
from schemas.codec import decode_record, encode
from schemas.events.review import ReviewMarkedForRetry, SubscribersNotified
from schemas.parts import NotificationSent, NotificationUndelivered

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SENT = NotificationSent("n-1", "kafka", "rating<=2")
GONE = NotificationUndelivered("n-2", "webhook", "rating<=2", 1, "http_410")
LATE = NotificationUndelivered("n-3", "mail", "rating<=2", 5, "timed_out", "no answer within 5 s")


def notified(*sent: NotificationSent, given_up: tuple[NotificationUndelivered, ...] = (), **more: Any) -> Any:
    return SubscribersNotified(revision=1, notifications=sent, notified_at=NOW, given_up=given_up, **more)


def marked(step: str, **more: Any) -> Any:
    return ReviewMarkedForRetry(revision=1, step=step, attempt=2, not_before=NOW, marked_at=NOW, **more)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (notified(), "no subscription matched"),
        (notified(suppressed="reprocessing"), "no one was notified: reprocessing"),
        (notified(SENT), "notified: kafka (rating<=2)"),
        (
            notified(SENT, given_up=(GONE, LATE)),
            (
                "notified: kafka (rating<=2); given up: webhook (rating<=2) after 1 attempt: http_410, "
                "mail (rating<=2) after 5 attempts: timed_out, no answer within 5 s"
            ),
        ),
        (marked("nlp"), "nlp again, attempt 2, not before 2026-03-01T12:00:00+00:00"),
        (
            marked("notify", delivered=(SENT,), pending=(GONE,)),
            (
                "notify again, attempt 2, not before 2026-03-01T12:00:00+00:00; notified: kafka (rating<=2); "
                "to be tried again: webhook (rating<=2) after 1 attempt: http_410"
            ),
        ),
    ],
)
def test_the_history_says_what_was_delivered_and_what_was_given_up_and_why(event: Any, said: str) -> None:
    _, record = decode_record(encode(event))
    assert SUMMARIES[event.TOPIC](jsonable(record)) == said
