"""What becomes of single notifications, and of their review meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aggregates.review import commands
from aggregates.review.aggregate import Review
from aggregates.review.notifications import NONE, Notifications
from aggregates.review.outcomes import Delivered, GivenUp, Outcome, RetryLater
from aggregates.review.retries import RetryPolicy
from schemas.events import review as ev
from schemas.parts import NotificationSent, NotificationUndelivered
from tests.aggregates.making import (
    BACKOFF,
    NOW,
    Command,
    after,
    analysing,
    collecting,
    compensating,
    counting,
    failing,
    retrying_now,
    storing,
)

POLICY = RetryPolicy(max_attempts=3, backoff=BACKOFF, longest=timedelta(minutes=1))
TO_NOTIFY = (collecting(), storing(), analysing(), counting())
LATER, HOUR = RetryLater("timed_out", "no answer"), timedelta(hours=1)


def due(*names: str) -> Notifications:
    """None of them tried yet; the channel is called as the id."""
    return Notifications(pending=tuple(NotificationUndelivered(name, name, "rating<=2", 0, "") for name in names))


def trying(outcomes: dict[str, Outcome], *, first: Notifications = NONE, now: Any = NOW) -> Command:
    """What the notify step does with these outcomes."""

    def command(review: Review) -> tuple[Any, ...]:
        state = review.notifications if review.notifications.pending else first
        return commands.record_notified(review, 1, state.after(outcomes, POLICY, now), now=now)

    return command


def only(review: Review, command: Command) -> Any:
    (event,) = command(review)
    return event


def test_one_that_is_not_delivered_is_tried_again_and_the_others_are_not() -> None:
    told = {"a": Delivered(), "b": LATER, "c": GivenUp("gone")}
    event = only(after(*TO_NOTIFY), trying(told, first=due("a", "b", "c")))
    assert isinstance(event, ev.ReviewMarkedForRetry)
    assert (event.step, event.attempt, event.not_before) == ("notify", 2, NOW + BACKOFF)
    assert event.delivered == (NotificationSent("a", "a", "rating<=2"),)
    assert event.given_up == (NotificationUndelivered("c", "c", "rating<=2", 1, "gone"),)
    assert event.pending == (
        NotificationUndelivered("b", "b", "rating<=2", 1, "timed_out", "no answer", NOW + BACKOFF),
    )
    marked = after(*TO_NOTIFY, trying(told, first=due("a", "b", "c")))
    assert marked.contribution is not None, "nothing of the review is taken back"
    assert [each.channel for each in marked.notifications.due(NOW + BACKOFF)] == ["b"]


def test_what_is_known_at_last_stands_in_the_event_that_completes_the_saga() -> None:
    marked = (*TO_NOTIFY, trying({"a": Delivered(), "b": LATER, "c": GivenUp("gone")}, first=due("a", "b", "c")))
    event = only(after(*marked), trying({"b": Delivered()}, now=NOW + BACKOFF))
    assert isinstance(event, ev.SubscribersNotified)
    assert [each.channel for each in event.notifications] == ["a", "b"]
    assert [(each.channel, each.reason) for each in event.given_up] == [("c", "gone")]
    done = after(*marked, trying({"b": Delivered()}, now=NOW + BACKOFF))
    assert (done.step, done.notifications, done.not_before) == ("done", NONE, None)


def test_after_its_last_attempt_one_is_given_up_with_its_last_reason_and_the_saga_is_complete() -> None:
    past, waits = (
        [*TO_NOTIFY, trying({"a": LATER}, first=due("a"))],
        [after(*TO_NOTIFY, trying({"a": LATER}, first=due("a"))).not_before],
    )
    past.append(trying({"a": RetryLater("busy")}))
    waits.append(after(*past).not_before)
    assert waits == [NOW + BACKOFF, NOW + 2 * BACKOFF]
    event = only(after(*past), trying({"a": RetryLater("unreachable", "refused")}))
    assert isinstance(event, ev.SubscribersNotified)
    assert event.notifications == ()
    assert event.given_up == (NotificationUndelivered("a", "a", "rating<=2", 3, "unreachable", "refused"),)


def test_failures_of_earlier_steps_take_no_attempt_from_a_notification() -> None:
    past = (*TO_NOTIFY[:2], failing("nlp"), compensating(), failing("nlp"), compensating(), analysing(), counting())
    event = only(after(*past), trying({"a": LATER}, first=due("a")))
    assert (event.attempt, event.pending[0].attempts) == (4, 1)


@pytest.mark.parametrize(
    ("asked", "wait"), [(timedelta(seconds=1), BACKOFF), (3 * BACKOFF, 3 * BACKOFF), (HOUR, POLICY.longest)]
)
def test_the_other_side_may_ask_for_a_longer_wait_but_not_for_any(asked: timedelta, wait: timedelta) -> None:
    told = {"a": RetryLater("throttled", not_before=NOW + asked)}
    assert only(after(*TO_NOTIFY), trying(told, first=due("a"))).not_before == NOW + wait


def test_one_that_is_to_be_left_alone_holds_up_no_other_and_loses_no_attempt() -> None:
    told: dict[str, Outcome] = {"a": RetryLater("throttled", not_before=NOW + 3 * BACKOFF), "b": LATER}
    marked = after(*TO_NOTIFY, trying(told, first=due("a", "b")))
    assert marked.not_before == NOW + BACKOFF
    assert [each.channel for each in marked.notifications.due(NOW + BACKOFF)] == ["b"]
    again = marked.after(trying({"b": Delivered()}, now=NOW + BACKOFF)(marked))
    assert again.not_before == NOW + 3 * BACKOFF
    assert [(each.channel, each.attempts) for each in again.notifications.pending] == [("a", 1)]


def test_an_operator_has_all_of_them_tried_at_once() -> None:
    marked = (*TO_NOTIFY, trying({"a": LATER, "b": Delivered()}, first=due("a", "b")))
    retried = after(*marked, retrying_now(NOW + timedelta(seconds=1)))
    assert (retried.step, retried.attempt) == ("notify", 3)
    assert [each.channel for each in retried.notifications.due(NOW + timedelta(seconds=1))] == ["a"]
    assert [each.channel for each in retried.notifications.delivered] == ["b"]


def test_what_was_delivered_is_known_across_a_failed_step() -> None:
    marked = after(*TO_NOTIFY, trying({"a": LATER, "b": Delivered()}, first=due("a", "b")))
    failed = replace(marked, not_before=None)
    for command in (failing("notify"), compensating(9), counting()):
        failed = failed.after(command(failed))
    assert (failed.step, failed.notifications) == ("notify", marked.notifications)


def test_a_revision_has_notifications_of_its_own() -> None:
    marked = (*TO_NOTIFY, trying({"a": LATER}, first=due("a")))
    assert after(*marked, collecting(content="Loud rooms.")).notifications == NONE
