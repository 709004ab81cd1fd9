"""The whole table of hostile messages through the real pipeline: all of it is counted, and the flow goes on."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from connectors.kafka import Outgoing
from schemas.cloudevents import parse
from services.inbound.ledger import OUTCOMES
from streams.topics import INBOUND
from tests.e2e.pipeline import Pipeline
from tests.hostile.messages import TENANT
from tests.hostile.validating import corpus, verdict

MEGABYTE = 1_000_000


def expected() -> Counter[str]:
    """How many items are good and how many bad, by the edge in process."""
    counted: Counter[str] = Counter()
    for case in corpus():
        for item in parse(case.sent, case.value):
            good = item.attributes.get("tenantid") == TENANT and verdict(item)[0] == "accepted"
            counted["good" if good else "bad"] += 1
    return counted


@pytest.mark.timeout(400)
def test_received_is_the_sum_of_the_outcomes(pipeline: Pipeline) -> None:
    pipeline.ok("tenant", "create", TENANT, "--exist-ok")
    before = pipeline.until_quiet()
    pipeline.parts.producer.send([Outgoing(INBOUND, None, case.value, case.sent) for case in corpus()])

    after = pipeline.until_quiet()
    received, *counts, dead = (after[name] - before[name] for name in ("received", *OUTCOMES))
    wanted = expected()
    assert received == sum(counts) + dead
    assert (sum(counts), dead) == (wanted["good"], wanted["bad"])
    assert after["steps"]["failed"]["events"] == before["steps"]["failed"]["events"]
    for worker in ("streams", "tailer"):
        assert after["units"][worker]["restarts"] == before["units"][worker]["restarts"]
    assert pipeline.run("verify").returncode == 0


BOMBS = {
    "one line of 300 MB": (lambda: gzip.compress(b"0" * 300 * MEGABYTE, 1), "longer than 8 MB"),
    "a bomb in a bomb": (lambda: gzip.compress(gzip.compress(b"0" * 100 * MEGABYTE)), "not UTF-8"),
    "cut off": (lambda: gzip.compress(b'{"id": "1"}\n' * 100)[:-12], "damaged or cut off"),
    "only a head": (lambda: b"\x1f\x8b\x08\x00", "damaged or cut off"),
}


@pytest.mark.parametrize("bomb", BOMBS, ids=list(BOMBS))
def test_a_bomb_is_refused_with_a_reason_and_stops_nobody(
    pipeline: Pipeline, tenant: str, tmp_path: Path, bomb: str
) -> None:
    make, reason = BOMBS[bomb]
    path = tmp_path / "bomb.jsonl.gz"
    path.write_bytes(make())
    done = pipeline.run(
        "publish", str(path), "--format", "jsonl", "--tenant", tenant, "--source", "bomb", "--json", "--yes"
    )
    report = json.loads(done.stdout)
    assert done.returncode == 1, "every row was refused"
    assert report["sent"] == report["received"] == report["rejected"] > 0
    assert reason in report["rejections"][-1]["error"]
    status = pipeline.until_quiet()
    assert status["received"] == sum(status[name] for name in OUTCOMES)
