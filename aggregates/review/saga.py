"""The saga of a review: its steps, and the one table of what follows which event.

schemas/routing.json says the same of the steps that publishers send work to, for those who know no aggregate; a test compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.events import review as ev

STEPS = ("store", "nlp", "analytics", "notify")
DONE, FAILED, ABANDONED, WITHDRAWN = "done", "failed", "abandoned", "withdrawn"
COMPENSATE = "compensate"
"""The step that a failed review waits for."""
AS_NAMED = ""
"""The event itself names the step."""

FOLLOWS: Mapping[str, str] = {
    ev.ReviewCollected.TOPIC: "store",
    ev.ReviewRevised.TOPIC: "store",
    ev.RawReviewStored.TOPIC: "nlp",
    ev.SentimentAnalyzed.TOPIC: "analytics",
    ev.AnalyticsUpdated.TOPIC: "notify",
    ev.SubscribersNotified.TOPIC: DONE,
    ev.StepFailed.TOPIC: FAILED,
    ev.ReviewMarkedForRetry.TOPIC: AS_NAMED,
    ev.ReviewAbandoned.TOPIC: ABANDONED,
    ev.ReviewWithdrawn.TOPIC: WITHDRAWN,
    ev.ReprocessingRequested.TOPIC: "nlp",
}
"""How a review stands after an event: before a step, or as its saga ended. Events that are not here change nothing of it."""

NOTED = frozenset({ev.FactsCorrected.TOPIC, ev.TopicsAssigned.TOPIC, ev.LabelDisputed.TOPIC, ev.DisputeWithdrawn.TOPIC})
"""Events that may come at any time, by themselves, and of the saga move nothing but the version of the stream."""


def step_after(event: Any, step: str) -> str:
    """How a review that stands at `step` stands after the event."""
    follows = FOLLOWS.get(event.TOPIC)
    return step if follows is None else follows or str(event.step)


def awaited(step: str) -> str:
    """The step that a review waits for: a failed one for its compensation."""
    return COMPENSATE if step == FAILED else step
