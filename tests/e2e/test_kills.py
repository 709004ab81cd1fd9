"""kill -9 of any one process in the middle of the work: after its restart everything completes, and all stores agree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.pipeline import Pipeline, wait_for
from tests.elsewhere import UNITS, elsewhere

REVIEWS = 400
VICTIMS = ("streams", "postgres", "kafka", "secantus", "valkey", "clickhouse", "tailer", "nlp")


def reviews(path: Path, victim: str) -> Path:
    """A file of short reviews."""
    lines = [
        {
            "id": f"{victim}-{number}",
            "text": f"Visit {number} to the lighthouse in Porto was {'lovely' if number % 3 else 'dreadful'}.",
            "rating": 5 if number % 3 else 1,
            "date": f"2026-09-{1 + number % 28:02d}",
        }
        for number in range(REVIEWS)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.mark.long
@pytest.mark.timeout(400)
@pytest.mark.parametrize("victim", VICTIMS)
def test_after_a_kill_everything_completes(pipeline: Pipeline, tenant: str, tmp_path: Path, victim: str) -> None:
    if elsewhere(UNITS.get(victim, "")):
        pytest.skip(f"{victim} is a server elsewhere")
    before = pipeline.until_quiet()["events"]
    file = reviews(tmp_path / "reviews.jsonl", victim)
    report = pipeline.json("publish", str(file), "--tenant", tenant, "--source", "kills")
    assert report["accepted"] == REVIEWS
    wait_for(lambda: pipeline.parts.event_log.head() > before + REVIEWS, "the sagas do not start", 60)

    pipeline.until_replaced(victim, pipeline.kill(victim))

    assert pipeline.until_quiet()["events"] == before + 6 * REVIEWS
    (row,) = pipeline.json("query", "metrics", "--tenant", tenant, "--by", "source")
    assert row["total_reviews"] == REVIEWS
    verified = pipeline.run("verify")
    assert verified.returncode == 0, verified.stdout.decode()
