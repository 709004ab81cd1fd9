"""Why a review is where it is, in a sentence, with what an operator may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from aggregates.review.aggregate import Review
from aggregates.review.saga import ABANDONED, DONE, FAILED, WITHDRAWN, awaited
from eventstore.parking import PUBLISHER, ParkedStream
from operations.publishers import STEPS


def why(
    review: Review, since: datetime, parked: Sequence[ParkedStream], deadlines: Mapping[str, float], now: datetime
) -> str:
    """A sentence. `since`: when it came to its step; `deadlines` are seconds by step."""
    if review.step == DONE:
        return "its saga is complete" + _shown_late(parked)
    if review.step == WITHDRAWN:
        return "its source deleted it: it is shown and counted no more" + _shown_late(parked)
    if review.step == ABANDONED:
        return (
            f"given up after {review.attempt} attempts: {_failure(review)}; "
            f"`reviewstream deadletters replay --review {review.id}` tries it once more"
        )
    return f"{_waits(review, since, deadlines, now)}{_not_published(parked)}"


def _waits(review: Review, since: datetime, deadlines: Mapping[str, float], now: datetime) -> str:
    step = awaited(review.step)
    if review.not_before is not None:
        due, left = _utc(review.not_before), (review.not_before - now).total_seconds()
        when = f"is due at {due}" if left > 0 else f"was due at {due}, and the sweeper has not started it"
        return f"attempt {review.attempt} of {step} {when}; before, {_failure(review)}"
    waited = (now - since).total_seconds()
    text = f"waits for {step} since {_utc(since)}, {waited:.0f} s" + (
        f"; {_failure(review)}" if review.step == FAILED else ""
    )
    limit = deadlines.get(step)
    if limit is None or waited <= limit:
        return text
    return (
        f"{text}, longer than its deadline of {limit:.0f} s: the step has a backlog, no worker runs it, or its trigger was "
        "lost and the sweeper will send it again; `reviewstream status` tells which"
    )


def _failure(review: Review) -> str:
    if review.failure is None:
        pending = review.notifications.pending
        return ", ".join(f"{each.channel}: {each.reason}" for each in pending) or "nothing failed"
    failure = review.failure
    return f"{failure.step} failed in attempt {failure.attempt}: {failure.error_type}: {failure.error}"


def _not_published(parked: Sequence[ParkedStream]) -> str:
    held = [one for one in parked if one.stage == PUBLISHER and one.name == STEPS]
    if not held:
        return ""
    command = f"reviewstream deadletters replay --stage {PUBLISHER} --publisher {STEPS}"
    return f"; its triggers are parked from position {held[0].position} on ({held[0].error}): `{command}`"


def _shown_late(parked: Sequence[ParkedStream]) -> str:
    return "; parked in " + ", ".join(f"{one.stage} {one.name}" for one in parked) if parked else ""


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
