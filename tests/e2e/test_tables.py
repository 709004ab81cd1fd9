"""Every command's table on a terminal of 80 columns and through a pipe: ids whole, one line a row, nothing cut in a pipe."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from rich.cells import cell_len

from cli.common import err, out
from cli.table_layout import IDENTIFIER
from tests.e2e.pipeline import Pipeline, wait_for

TENANT = "a-tenant-with-a-rather-long-slug-for-a-table"
SOURCE = "the-harbour-hotel-on-the-far-side-of-the-river"
TABLES = [
    ("query", "reviews", "--tenant", TENANT),
    ("query", "metrics", "--tenant", TENANT),
    ("query", "metrics", "--tenant", TENANT, "--by", "source"),
    ("query", "entities", "--tenant", TENANT),
    ("query", "keywords", "--tenant", TENANT),
    ("query", "failures", "--tenant", TENANT),
    ("query", "review", "--tenant", TENANT),
    ("deadletters", "list", "--tenant", TENANT),
    ("deadletters", "show"),
    ("deadletters", "list", "--stage", "projection"),
    ("tenant", "list"),
    ("migrate", "status"),
    ("replay", "reviews", "--diff"),
    ("status",),
    ("doctor",),
    ("verify",),
]


@pytest.fixture(scope="module", autouse=True)
def _told(pipeline: Pipeline) -> Iterator[None]:
    """Reviews with long names, a dead letter, and a parked stream."""
    pipeline.ok("tenant", "create", TENANT)
    rows = [
        {
            "id": str(n),
            "text": f"Anna at the Grand Harbour Hotel of Lisbon was {mood}.",
            "rating": rating,
            "date": "2026-09-01",
        }
        for n, (mood, rating) in enumerate([("wonderful", 5), ("dreadful", 1), ("there", 99)])
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    pipeline.json("publish", "-", "--format", "jsonl", "--tenant", TENANT, "--source", SOURCE, stdin=lines)
    pipeline.until_quiet()
    wait_for(lambda: pipeline.json("deadletters", "list", "--tenant", TENANT), "the dead letter is not stored", 60)
    tenant_id = pipeline.parts.tenants.get(TENANT).id
    park = (
        "INSERT INTO parked_streams (name, version, stream_id, tenant_id, position, topic, error)"
        " SELECT name, version, gen_random_uuid(), %s, 1, 'review.collected', 'planted for a table'"
        " FROM projections WHERE name = 'reviews' AND state = 'live'"
    )
    with pipeline.parts.readmodels_pool.connection() as connection:
        connection.execute(park, [tenant_id])
    yield
    with pipeline.parts.readmodels_pool.connection() as connection:
        connection.execute("DELETE FROM parked_streams WHERE tenant_id = %s", [tenant_id])


def complete(pipeline: Pipeline, command: tuple[str, ...]) -> tuple[str, ...]:
    """The command with the id that it asks for."""
    if command[:2] == ("query", "review"):
        return *command, pipeline.json("query", "reviews", "--tenant", TENANT)["reviews"][0]["review_id"]
    if command == ("deadletters", "show"):
        return *command, pipeline.json("deadletters", "list", "--tenant", TENANT)[0]["dead_letter_id"]
    return command


def identifiers(text: str) -> set[str]:
    return set(IDENTIFIER.findall(text))


@pytest.mark.parametrize("command", TABLES, ids=" ".join)
def test_a_table_fits_a_terminal_and_is_whole_in_a_pipe(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    asked = complete(pipeline, command)
    piped = pipeline.run(*asked).stdout.decode()
    for console in (out, err):
        monkeypatch.setattr(console, "_force_terminal", True)
        monkeypatch.setattr(console, "_color_system", None)
        monkeypatch.setattr(console, "_width", 80)
    shown = pipeline.run(*asked).stdout.decode()
    assert "…" not in piped
    assert piped.strip()
    assert identifiers(piped) - identifiers(shown) == set() or "not shown in 80 columns" in shown
    first = {line.split("  ")[0] for line in piped.splitlines() if IDENTIFIER.match(line)}
    assert first == {line.split("  ")[0] for line in shown.splitlines() if IDENTIFIER.match(line)}
    for line in shown.splitlines():
        cut = re.search(r"[0-9a-f]{8}-[0-9a-f-]*…", line)
        assert not cut, line
    body = [line for line in shown.splitlines() if not line.startswith("not shown in 80 columns")]
    if command[:2] not in {("query", "review"), ("status",)}:  # texts beside the table; clocks that go on
        assert len(body) == len(piped.splitlines())


def test_reasons_are_whole_at_eighty_columns(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out, "_force_terminal", True)
    monkeypatch.setattr(out, "_color_system", None)
    monkeypatch.setattr(out, "_width", 80)
    head, row, *_ = pipeline.ok("deadletters", "list", "--tenant", TENANT).splitlines()
    assert head.startswith("dead letter")
    assert re.match(rf"{IDENTIFIER.pattern}  out_of_range  ", row)
    _, row, *_ = pipeline.ok("query", "reviews", "--tenant", TENANT).splitlines()
    assert re.match(rf"{IDENTIFIER.pattern}  ", row)
    assert cell_len(row) <= 80
    assert re.search(r"  (positive|neutral|negative|undetermined) +3$", row)
