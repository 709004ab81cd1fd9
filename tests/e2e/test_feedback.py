"""Feedback, evaluation and calibration as an operator does them; and another version that is looked at before it is run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from projections.queries.feedback import find_feedback
from tests.e2e.pipeline import Pipeline, wait_for

TEXTS = ("The stay was wonderful.", "The stay was dreadful.", "Wonderful, if you like mould.")


@pytest.fixture
def reviewed(pipeline: Pipeline, tenant: str) -> dict[str, str]:
    """Three analysed reviews: what their source calls them, and their ids."""
    rows = [{"id": f"{n}", "text": text, "rating": (5, 1, 1)[n], "date": "2026-09-01"} for n, text in enumerate(TEXTS)]
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    pipeline.ok("publish", "-", "--format", "jsonl", "--tenant", tenant, "--source", "inn", stdin=lines)
    pipeline.until_quiet()
    return {
        row["external_id"]: row["review_id"] for row in pipeline.json("query", "reviews", "--tenant", tenant)["reviews"]
    }


def until_known(pipeline: Pipeline, tenant: str, count: int) -> None:
    """Wait until the read model has so much feedback."""
    parts = pipeline.parts
    tenant_id = parts.tenants.get(tenant).id
    wait_for(lambda: len(find_feedback(parts.readmodels_pool, tenant_id)) == count, "feedback is not shown", 30)


def test_a_wrong_label_is_said_evaluated_and_taken_back(
    pipeline: Pipeline, tenant: str, reviewed: dict[str, str], tmp_path: Path
) -> None:
    wrong = reviewed["2"]
    before = pipeline.json("query", "review", wrong, "--tenant", tenant)["state"]
    pipeline.ok("feedback", "add", "--tenant", tenant, wrong, "--right", "negative", "--by", "ann", "--note", "irony")
    file = tmp_path / "said.csv"
    file.write_text("source,external_id,right,by\ninn,0,positive,bob\ninn,1,negative,bob\ninn,9,negative,bob\n")
    refused = pipeline.run("feedback", "import", "--tenant", tenant, str(file), "--json")
    assert (refused.returncode, json.loads(refused.stdout)["added"]) == (1, 2)
    assert b"line 4" in refused.stdout or json.loads(refused.stdout)["refusals"][0][0] == 4
    until_known(pipeline, tenant, 3)
    shown = pipeline.json("query", "review", wrong, "--tenant", tenant)["state"]
    assert [(each["who"], each["right"]) for each in shown["feedback"]] == [("ann", "negative")]
    same = ("sentiment_label", "sentiment_score", "processing_version", "position")
    assert [shown[name] for name in same] == [before[name] for name in same]
    assert "feedback by ann" in pipeline.ok("query", "review", wrong, "--tenant", tenant)
    found = pipeline.json("evaluate", "--tenant", tenant, "--by", "source")
    assert found == pipeline.json("query", "evaluate", "--tenant", tenant, "--by", "source")
    assert (found["stars"]["whole"]["judged"], found["feedback"]["whole"]["judged"]) == (3, 3)
    assert (found["feedback"]["whole"]["right"]["k"], found["feedback"]["parts"][0]["part"]) == (2, "inn")
    page = pipeline.ok("evaluate", "--tenant", tenant, "--against", "stars", "--propose-calibration")
    assert "n=3, few" in page
    assert "not proposed: 3 judged reviews are too few" in page
    pipeline.ok("feedback", "withdraw", "--tenant", tenant, wrong, "--by", "ann")
    until_known(pipeline, tenant, 2)
    assert "negative" in pipeline.ok("feedback", "list", "--tenant", tenant)
    assert pipeline.json("calibration", "show", "--tenant", tenant) == {"current": None, "history": []}
    assert pipeline.run("calibration", "clear", "--tenant", tenant).returncode == 1
    pipeline.ok("verify")


@pytest.mark.long
@pytest.mark.usefixtures("reviewed")
def test_another_version_is_looked_at_before_it_is_run(pipeline: Pipeline, tenant: str) -> None:
    head = pipeline.parts.event_log.head()
    asking = ("reprocess", "--processing-version", "next", "--tenant", tenant, "--shadow")
    found = pipeline.json(*asking)
    assert (found["processing_version"], found["shadow"], found["total"]["compared"]) == ("next", True, 3)
    assert (found["total"]["labels_changed"], found["examples"], found["why"]) == (0, [], {})
    assert pipeline.parts.event_log.head() == head
