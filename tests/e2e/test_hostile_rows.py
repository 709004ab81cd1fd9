"""Rows that break other pipelines: each is accepted or rejected by a stated rule, and none stops the flow."""

from __future__ import annotations

import itertools
import json
import random

from services.inbound.ledger import OUTCOMES
from tests.e2e.pipeline import Pipeline

NUMBERS = itertools.count(1)
GOOD = {"content": "A fine evening.", "rating": 4, "published_at": "2026-09-01"}


def row(**changes: object) -> bytes:
    """A good row with changes; None removes a field."""
    merged = {**GOOD, "external_id": f"row-{next(NUMBERS)}", **changes}
    return json.dumps({name: value for name, value in merged.items() if value is not None}).encode()


REJECTED = {
    "NUL in the text": (row(content="a\x00b"), "unreadable_row"),
    "half a character": (
        rb'{"external_id":"s","content":"\ud800","rating":3,"published_at":"2026-09-01"}',
        "unreadable_row",
    ),
    "NaN as rating": (b'{"external_id":"n","content":"x","rating":NaN,"published_at":"2026-09-01"}', "unreadable_row"),
    "rating out of range": (row(rating=9), "out_of_range"),
    "date in 1899": (row(published_at="1899-12-31"), "out_of_range"),
    "date in 9999": (row(published_at="9999-12-31"), "out_of_range"),
    "text of a megabyte": (row(content="long " * 210_000), "too_long"),
    "neither text nor rating": (row(content=None, rating=None), "empty"),
    "a rating in words": (row(rating="wonderful"), "unreadable_row"),
    "no date": (row(published_at=None), "missing"),
    "not JSON": (b"{oops", "unreadable_row"),
}
ACCEPTED = {
    "an emoji": row(content="\N{THUMBS UP SIGN}", rating=5),
    "no rating": row(rating=None),
    "no text": row(content=None),
    "a text of 100 kB": row(content="very long and rather good. " * 3_700),
    "a word of 6,000 letters": row(content=f"Lovely view {random.Random(1).randbytes(3_000).hex()} in Porto"),
    "mixed scripts": row(content="Отлично, 素晴らしい and great"),
    "an empty text with a rating": row(content="", rating=2),
    "a date in 1970": row(published_at="1970-01-01"),
}


def test_each_hostile_row_has_its_rule_and_the_flow_goes_on(pipeline: Pipeline, tenant: str) -> None:
    lines = [raw for raw, _ in REJECTED.values()] + list(ACCEPTED.values())
    stdin = b"\n".join(lines) + b"\n"
    report = pipeline.json(
        "publish", "-", "--format", "jsonl", "--tenant", tenant, "--source", "hostile", "--yes", stdin=stdin
    )

    reasons = {rejection["line"]: rejection["reason"] for rejection in report["rejections"]}
    assert reasons == {line: reason for line, (_, reason) in enumerate(REJECTED.values(), 1)}
    assert (report["accepted"], report["rejected"]) == (len(ACCEPTED), len(REJECTED))
    status = pipeline.until_quiet()
    assert status["steps"]["failed"]["events"] == 0
    assert status["received"] == sum(status[name] for name in OUTCOMES)
    assert len(pipeline.json("query", "reviews", "--tenant", tenant)["reviews"]) == len(ACCEPTED)
    assert pipeline.run("verify").returncode == 0
