"""Set-up, doctor, workers and the command line on servers that are reached with TLS only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg
import pytest

from connectors import clickhouse, mongo, redis
from tests.streams.workers import ROOT, Child
from tests.tls.broker import PASSWORD
from tests.waiting import until

ROWS = "content,external_id,published_at\nLovely place.,1,2026-10-01\nCold coffee.,2,2026-10-02\n"


def command(environment: Mapping[str, str], *argv: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "reviewstream", *argv],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment}, cwd=ROOT, check=False, capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert done.returncode == code, done.stdout[-3000:] + done.stderr[-3000:]
    assert PASSWORD not in done.stdout + done.stderr
    return done.stdout + done.stderr


def left_behind(environment: Mapping[str, str]) -> list[str]:
    """What the doctor's trials would be called, in every store."""
    with psycopg.connect(environment["REVIEWSTREAM_EVENTSTORE_URL"]) as connection:
        names = [
            row[0] for row in connection.execute("SELECT nspname FROM pg_namespace UNION SELECT relname FROM pg_class")
        ]
    with mongo.connect(environment["REVIEWSTREAM_MONGO_URL"]) as client:
        names += client["collection"].list_collection_names()
    analytics = clickhouse.connect(environment["REVIEWSTREAM_CLICKHOUSE_URL"])
    names += [row[0] for row in analytics.execute("SHOW DATABASES")]
    analytics.disconnect()
    cache = redis.connect(environment["REVIEWSTREAM_REDIS_URL"])
    names += [key.decode() for key in cache.scan_iter("*")]
    cache.close()
    return [name for name in names if "doctor" in name]


@pytest.mark.long
def test_reviews_come_through(encrypted: dict[str, str], tmp_path: Path) -> None:
    command(encrypted, "setup")
    report = json.loads(command(encrypted, "doctor", "--json"))
    assert {finding["level"] for finding in report["findings"]} == {"ok"}, report
    said = {finding["subject"]: finding["detail"] for finding in report["findings"] if finding["check"] == "tls"}
    assert set(said.values()) == {"TLSv1.3, certificate and host name verified"}, said
    assert left_behind(encrypted) == []
    workers = [Child(name, encrypted, tmp_path) for name in ("tailer", "streams")]
    for worker in workers:
        worker.start()
    try:
        command(encrypted, "tenant", "create", "blue-harbour")
        rows = tmp_path / "rows.csv"
        rows.write_text(ROWS)
        assert "accepted 2" in command(encrypted, "publish", str(rows), "--tenant", "blue-harbour", "--source", "shop")
        stored = "SELECT count(*) FROM events WHERE topic = 'review.raw_stored'"
        with psycopg.connect(encrypted["REVIEWSTREAM_EVENTSTORE_URL"], autocommit=True) as connection:
            until(
                lambda: all(w.exit_code is None for w in workers) and connection.execute(stored).fetchone() == (2,), 120
            )
    finally:
        for worker in workers:
            worker.end()
    assert not any(PASSWORD in worker.output.read_text() for worker in workers)


def test_a_wrong_authority_is_told_by_commands_and_workers(
    encrypted: dict[str, str], certificates, tmp_path: Path
) -> None:
    wrong = encrypted | {
        name: encrypted[name].replace(str(certificates.ca), str(certificates.other_ca))
        for name in ("REVIEWSTREAM_EVENTSTORE_URL", "REVIEWSTREAM_KAFKA_URL")
    }
    expected = "REVIEWSTREAM_EVENTSTORE_URL: the server's certificate is signed by no authority that we trust; name"
    assert expected in " ".join(command(wrong, "setup", code=1).split())
    worker = Child("tailer", wrong, tmp_path)
    worker.start()
    try:
        assert worker.wait(120) != 0
    finally:
        worker.end()
    assert "signed by no authority that we trust" in worker.output.read_text()


def test_a_certificate_file_that_is_not_there_is_named(encrypted: dict[str, str], certificates) -> None:
    wrong = encrypted | {
        "REVIEWSTREAM_KAFKA_URL": encrypted["REVIEWSTREAM_KAFKA_URL"].replace(str(certificates.ca), "/no/such.pem")
    }
    told = command(wrong, "setup", code=2)
    assert "REVIEWSTREAM_KAFKA_URL: ssl.ca.location names /no/such.pem: No such file or directory" in told
