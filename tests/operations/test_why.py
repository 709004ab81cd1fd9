"""What an operator is told of a review that does not move, and which command helps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from aggregates.review.aggregate import Review
from eventstore.parking import PROJECTION, PUBLISHER, ParkedStream
from operations.find.why import why
from schemas.events.review import StepFailed

NOW = datetime(2026, 9, 1, 3, tzinfo=UTC)
DEADLINES = {"nlp": 300.0, "store": 300.0, "compensate": 60.0}
FAILED = StepFailed(revision=1, step="store", attempt=1, error_type="Refused", error="no room", failed_at=NOW)
REVIEW = Review(UUID(int=7), UUID(int=1), version=3, revision=1, step="nlp")
RETRY = replace(REVIEW, step="store", attempt=2, failure=FAILED, not_before=NOW + timedelta(minutes=1))


def parked(stage: str, name: str) -> ParkedStream:
    return ParkedStream(stage, name, REVIEW.id, UUID(int=1), 41, "review.processed", "refused: DataError", NOW)


@pytest.mark.parametrize(
    ("review", "seconds", "says"),
    [
        (REVIEW, 20, ["waits for nlp since 2026-09-01 02:59:40 UTC, 20 s"]),
        (REVIEW, 301, ["301 s, longer than its deadline of 300 s", "`reviewstream status`"]),
        (
            RETRY,
            5,
            ["attempt 2 of store is due at 2026-09-01 03:01:00 UTC", "store failed in attempt 1: Refused: no room"],
        ),
        (replace(RETRY, not_before=NOW), 5, ["was due at 2026-09-01 03:00:00 UTC, and the sweeper has not started it"]),
        (replace(RETRY, step="failed", not_before=None), 5, ["waits for compensate", "Refused: no room"]),
        (
            replace(RETRY, step="abandoned", attempt=5, not_before=None),
            9_999,
            ["given up after 5 attempts", f"`reviewstream deadletters replay --review {REVIEW.id}`"],
        ),
        (replace(REVIEW, step="done"), 9_999, ["its saga is complete"]),
    ],
)
def test_the_reason_and_what_helps_are_said(review: Review, seconds: int, says: list[str]) -> None:
    said = why(review, NOW - timedelta(seconds=seconds), (), DEADLINES, NOW)
    assert not [words for words in says if words not in said], said


def test_parked_streams_are_named_with_the_command() -> None:
    stuck = why(REVIEW, NOW, [parked(PUBLISHER, "steps"), parked(PROJECTION, "reviews")], DEADLINES, NOW)
    assert "parked from position 41 on (refused: DataError)" in stuck
    assert "`reviewstream deadletters replay --stage publisher --publisher steps`" in stuck
    done = why(replace(REVIEW, step="done"), NOW, [parked(PROJECTION, "reviews")], DEADLINES, NOW)
    assert done.endswith("parked in projection reviews")
