"""The read models are lost while the stack runs: nothing stops, and `recover` brings them back."""

from __future__ import annotations

import json

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from embedded.datadir import DataDir
from embedded.postgres import Postgres
from tests.e2e.pipeline import Pipeline, wait_for
from tests.elsewhere import elsewhere

REVIEWS = 5


def drop_read_models(pipeline: Pipeline) -> None:
    """As an administrator who mistook the server; on a server elsewhere, as the owner of its database."""
    url = pipeline.parts.settings.url("readmodels")
    pipeline.close()
    ours = Postgres(DataDir(pipeline.data_dir))
    admin = make_conninfo(url, dbname="postgres") if elsewhere("postgres") else ours.url("postgres", admin=True)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {conninfo_to_dict(url)['dbname']} WITH (FORCE)".encode())


def rows(name: str) -> bytes:
    """So many reviews, and one that is refused."""
    good = [
        {"id": f"{name}{number}", "text": "The tea was hot.", "rating": 4, "date": "2026-09-01"}
        for number in range(REVIEWS)
    ]
    return "".join(json.dumps(row) + "\n" for row in [*good, {"id": f"{name}-bad", "text": ""}]).encode()


@pytest.mark.timeout(300)
def test_lost_read_models_hold_up_no_review_and_no_worker(pipeline: Pipeline, tenant: str) -> None:
    if elsewhere("clickhouse"):
        pytest.skip("drops databases of the stack's own ClickHouse")
    publish = ("publish", "-", "--format", "jsonl", "--tenant", tenant, "--source", "kiosk", "--no-wait")
    pipeline.run(*publish, stdin=rows("before"))
    head = pipeline.until_quiet()["events"]
    tailer = pipeline.pid("tailer")
    wait_for(lambda: letters(pipeline, tenant) == 1, "the refused row is no dead letter", 30)
    for version in pipeline.parts.clickhouse().execute("SHOW DATABASES LIKE 'analytics_v%'"):
        pipeline.parts.clickhouse().execute(f"DROP DATABASE {version[0]} SYNC")
    drop_read_models(pipeline)
    pipeline.run(*publish, stdin=rows("after"))
    wait_for(lambda: pipeline.parts.event_log.head() == head + 6 * REVIEWS, "the saga does not go on", 90)
    assert pipeline.pid("tailer") == tailer
    status = pipeline.run("status")
    assert status.returncode == 1
    assert b"recover" in status.stdout + status.stderr
    found = pipeline.json("recover", "--dry-run")
    assert {each["store"] for each in found["losses"]} == {"readmodels"}
    pipeline.close()
    pipeline.ok("recover", "--yes")
    pipeline.until_quiet()
    pipeline.ok("verify")
    assert pipeline.json("recover", "--dry-run")["losses"] == []
    wait_for(lambda: letters(pipeline, tenant) == 2, "the dead letters are not back", 30)
    assert sum(each["total_reviews"] for each in pipeline.json("query", "metrics", "--tenant", tenant)) == 2 * REVIEWS


def letters(pipeline: Pipeline, tenant: str) -> int:
    """The tenant's dead letters."""
    return len(pipeline.json("deadletters", "list", "--tenant", tenant))
