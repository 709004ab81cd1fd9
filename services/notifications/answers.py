"""A channel's answers, whatever it does instead of answering."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import structlog

from schemas.messages import Notification
from services.notifications.channel import Channel, Delivered, GivenUp, Outcome, RetryLater
from services.notifications.faults import outcome_of
from telemetry.error_text import call_chain, safe_text

log = structlog.get_logger(__name__)


def answers(channel: Channel, notifications: Sequence[Notification]) -> Iterator[Outcome]:
    """One outcome for each in order, fewer if the channel ends early. Raises nothing that a channel raises.

    An error that one of several is to blame for is looked into one by one, so that the others go through.
    """
    answered = 0
    try:
        for outcome in islice(channel.deliver(notifications), len(notifications)):
            yield _checked(outcome)
            answered += 1
    except Exception as error:  # noqa: BLE001 - a channel's error is an outcome, never the end of a worker
        rest = notifications[answered:]
        outcome = outcome_of(error)
        _tell(channel, error, outcome, len(rest))
        if isinstance(outcome, GivenUp) and len(rest) > 1:
            for each in rest:
                yield from answers(channel, [each])
        else:
            yield from [outcome] * len(rest)


def _checked(outcome: object) -> Outcome:
    if not isinstance(outcome, Delivered | RetryLater | GivenUp):
        raise TypeError("a channel answers with Delivered, RetryLater or GivenUp")
    return outcome


def _tell(channel: Channel, error: Exception, outcome: Outcome, notifications: int) -> None:
    failure = {"error": safe_text(error), "error_type": type(error).__name__, "at": call_chain(error)}
    why = "later" if isinstance(outcome, RetryLater) else "given up"
    log.warning("channel.failed", channel=channel.name, reviews=notifications, why=why, **failure)
