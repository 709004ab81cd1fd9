"""Real reviews go in; all of them complete, all stores agree, and sending them again changes nothing."""

from __future__ import annotations

import csv
import gzip
import itertools
from pathlib import Path

import pytest

from services.inbound.ledger import OUTCOMES
from tests.e2e.pipeline import Pipeline


def head(source: Path, count: int, into: Path) -> Path:
    """The first rows of a table; a row is a line, or several when its text has line breaks."""
    form, opened = ("excel-tab", gzip.open) if source.suffix == ".gz" else ("excel", open)
    with (
        opened(source, "rt", encoding="utf-8", newline="") as rows,
        into.open("w", encoding="utf-8", newline="") as part,
    ):
        csv.writer(part, form).writerows(itertools.islice(csv.reader(rows, form), count + 1))
    return into


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("zoom", "lounge"), [(200, 100), pytest.param(5_000, 2_264, marks=pytest.mark.long)])
def test_every_review_completes_and_a_repeat_changes_nothing(
    pipeline: Pipeline, tenant: str, shared_data: Path, tmp_path: Path, zoom: int, lounge: int
) -> None:
    apps = head(shared_data / "zoom_play/zoom_play_reviews.tsv.gz", zoom, tmp_path / "zoom.tsv")
    airports = head(shared_data / "skytrax/lounge.csv", lounge, tmp_path / "lounge.csv")
    options = ("--source", "lounge", "--map", "best_rating:=10", "--map", "worst_rating:=0")
    first = pipeline.json("publish", str(apps), "--tenant", tenant, "--source", "zoom")
    second = pipeline.json("publish", str(airports), "--tenant", tenant, *options)
    assert first["rejected"] == second["rejected"] == 0
    assert (first["received"], second["received"]) == (zoom, lounge)

    before = pipeline.until_quiet(600)
    done = pipeline.json("query", "metrics", "--tenant", tenant, "--by", "source")
    assert {row["key"]: row["total_reviews"] for row in done} == {
        "zoom": first["accepted"],
        "lounge": second["accepted"],
    }
    assert before["received"] == sum(before[name] for name in OUTCOMES)
    assert pipeline.run("verify").returncode == 0

    again = pipeline.json("publish", str(apps), "--tenant", tenant, "--source", "zoom")
    again_lounge = pipeline.json("publish", str(airports), "--tenant", tenant, *options)
    after = pipeline.until_quiet()
    assert (again["accepted"], again["deduplicated"]) == (0, zoom)
    assert (again_lounge["accepted"], again_lounge["deduplicated"]) == (0, lounge)
    assert after["events"] == before["events"]
    assert pipeline.json("query", "metrics", "--tenant", tenant, "--by", "source") == done
