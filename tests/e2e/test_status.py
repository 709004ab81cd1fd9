"""What `status` says while things move."""

from __future__ import annotations

import pytest

from reviewstream import status
from reviewstream.bootstrap import Bootstrap
from reviewstream.status import Lag, gather
from tests.e2e.pipeline import Pipeline, wait_for

REVIEW = b'{"id": "1", "text": "A lovely view over Porto.", "rating": 5, "date": "2026-09-01"}\n'


def test_a_pipeline_that_moved_while_it_was_asked_is_not_at_rest(
    pipeline: Pipeline, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each answer is true at its moment: old positions, no step that waits. Together they must not mean rest."""
    before = pipeline.until_quiet()["events"]
    ask = status._steps

    def slowly(parts: Bootstrap) -> dict[str, Lag]:
        pipeline.ok("publish", "-", "--format", "jsonl", "--tenant", tenant, "--source", "status", stdin=REVIEW)
        wait_for(lambda: parts.event_log.head() == before + 6, "the review does not complete", 60)
        return ask(parts)

    monkeypatch.setattr(status, "_steps", slowly)
    found = gather(pipeline.parts)
    assert not found.quiet
    monkeypatch.undo()
    assert pipeline.until_quiet()["events"] == before + 6
