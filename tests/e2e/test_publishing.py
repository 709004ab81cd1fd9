"""A file is looked at, tried and sent; what replaces other reviews is counted apart and said."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.pipeline import Pipeline

HEADER = "Ref,When,Out of ten,Remarks\n"
ROWS = "".join(
    f"q-{n},2026-09-{1 + n % 28:02},{1 + n % 10},The crew of boat {n} was kind and calm.\n" for n in range(40)
)


def test_a_file_is_refused_then_mapped_tried_and_sent(pipeline: Pipeline, tenant: str, tmp_path: Path) -> None:
    file = tmp_path / "ferry.csv"
    file.write_text(HEADER + ROWS)
    to = (str(file), "--tenant", tenant, "--source", "ferry")
    refused = pipeline.run("publish", *to)
    assert refused.returncode == 2
    for option in ("--map published_at=When", "--map content=Remarks"):
        assert option in refused.stderr.decode()
    assert pipeline.json("query", "reviews", "--tenant", tenant)["reviews"] == []

    named = f"ferry-{tenant}"
    maps = (
        "--map",
        "external_id=Ref",
        "--map",
        "published_at=When",
        "--map",
        "rating=Out of ten",
        "--map",
        "content=Remarks",
    )
    looked = pipeline.run("inspect", str(file), *maps, "--json")
    assert looked.returncode == 2
    assert [finding["field"] for finding in json.loads(looked.stdout)["findings"] if finding["refuses"]] == [
        "best_rating"
    ]
    maps += ("--map", "best_rating:=10")
    found = pipeline.json("inspect", str(file), *maps, "--save-mapping", named)
    assert (found["looked_at"], found["valid"], found["whole"]) == (40, 40, True)
    (rating,) = (one for one in found["fields"] if one["field"] == "rating")
    assert (rating["column"], rating["how"], rating["values"]) == ("Out of ten", "mapped", ["1", "2", "3"])

    tried = pipeline.json("publish", *to, "--mapping", named, "--dry-run")
    assert (tried["rows"], tried["valid"], tried["rejected"]) == (40, 40, 0)
    assert pipeline.json("query", "reviews", "--tenant", tenant)["reviews"] == []
    assert pipeline.json("publish", *to, "--mapping", named)["accepted"] == 40


def test_rows_that_replace_other_reviews_are_counted_apart_and_said(
    pipeline: Pipeline, tenant: str, tmp_path: Path
) -> None:
    to = ("--tenant", tenant, "--source", "shop")
    for month, counted in (("08", "accepted 30, deduplicated 0"), ("09", "accepted 0, revised 30, deduplicated 0")):
        file = tmp_path / f"{month}.csv"
        rows = (f"{n},Month {month} was fine for guest {n}.,4,2026-{month}-01\n" for n in range(1, 31))
        file.write_text("id,text,rating,date\n" + "".join(rows))
        done = pipeline.run("publish", str(file), *to)
        assert done.returncode == 0
        assert f"sent 30 rows: {counted}, rejected 0" in done.stdout.decode()
        assert "id counts the rows" in done.stderr.decode(), "what may happen is said before"
    assert "30 rows replaced other words" in done.stderr.decode()
    assert "--source of its own" in done.stderr.decode()
    status = pipeline.until_quiet()
    outcomes = ("accepted", "revised", "corrected", "withdrawn", "deduplicated", "dead_lettered")
    assert status["received"] == sum(status[name] for name in outcomes)
