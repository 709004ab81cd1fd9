"""Thousands of real reviews go in; all of them complete, all stores agree, and sending them again changes nothing."""

from __future__ import annotations

import gzip
import itertools
from pathlib import Path

import pytest

from tests.e2e.pipeline import Pipeline

ZOOM_ROWS = 5_000


@pytest.fixture
def zoom(shared_data: Path, tmp_path: Path) -> Path:
    """The header and the first rows; a row is a line, or several when its text has line breaks."""
    part = tmp_path / "zoom.tsv"
    with gzip.open(shared_data / "zoom_play/zoom_play_reviews.tsv.gz", "rt", encoding="utf-8") as source:
        part.write_text("".join(itertools.islice(source, ZOOM_ROWS + 1)), encoding="utf-8")
    return part


@pytest.mark.timeout(600)
def test_every_review_completes_and_a_repeat_changes_nothing(
    pipeline: Pipeline, tenant: str, zoom: Path, shared_data: Path
) -> None:
    lounge = str(shared_data / "skytrax/lounge.csv")
    lounge_options = ("--source", "lounge", "--map", "best_rating:=10", "--map", "worst_rating:=0")
    first = pipeline.json("publish", str(zoom), "--tenant", tenant, "--source", "zoom")
    second = pipeline.json("publish", lounge, "--tenant", tenant, *lounge_options)
    assert first["rejected"] == second["rejected"] == 0
    assert first["received"] == ZOOM_ROWS
    assert second["received"] == 2_264

    before = pipeline.until_quiet()
    done = pipeline.json("query", "metrics", "--tenant", tenant, "--by", "source")
    assert {row["key"]: row["total_reviews"] for row in done} == {
        "zoom": first["accepted"],
        "lounge": second["accepted"],
    }
    assert before["received"] == before["accepted"] + before["deduplicated"] + before["dead_lettered"]
    assert pipeline.run("verify").returncode == 0

    again = pipeline.json("publish", str(zoom), "--tenant", tenant, "--source", "zoom")
    again_lounge = pipeline.json("publish", lounge, "--tenant", tenant, *lounge_options)
    after = pipeline.until_quiet()
    assert (again["accepted"], again["deduplicated"]) == (0, ZOOM_ROWS)
    assert (again_lounge["accepted"], again_lounge["deduplicated"]) == (0, 2_264)
    assert after["events"] == before["events"]
    assert pipeline.json("query", "metrics", "--tenant", tenant, "--by", "source") == done
