"""Servers run, and no worker does: who publishes is told at once, and what was sent is taken up by the next worker."""

from __future__ import annotations

import pytest

from tests.e2e.pipeline import wait_for
from tests.recovery.conftest import ROW, TENANT, Installation


@pytest.mark.long
@pytest.mark.timeout(300)
def test_publishing_says_that_no_worker_reads(installation: Installation) -> None:
    installation.lose()
    installation.ok("up", "--detach", "--no-workers")
    wait_for(lambda: installation.parts.desk.inbound_readers() == 0, "the group still has its members", 60)
    row = ROW.format(id="alone", text="The tea was cold.").encode()
    refused = installation.run(
        "publish", "-", "--format", "jsonl", "--tenant", TENANT, "--source", "kiosk", stdin=row
    )  # fmt: skip
    assert refused.returncode == 1
    assert b"no worker reads reviews.inbound" in refused.stderr
    assert b"The rows are safe in Kafka" in refused.stderr
    installation.lose()
    installation.up()
    installation.published += 1
    wait_for(
        lambda: installation.parts.ledger.totals().accepted == installation.published, "the row was not taken up", 60
    )
    installation.until_quiet()
    installation.works()
