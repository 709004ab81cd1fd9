"""What is said of a ClickHouse that is too old."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewstream.cli.main import main
from reviewstream.embedded.datadir import DataDir
from tests.debian.clickhouse import DebianClickHouse, require_clickhouse
from tests.servers import running

OTHERS = ("EVENTSTORE", "READMODELS", "TENANCY", "KAFKA", "MONGO", "REDIS")


@pytest.fixture
def old_clickhouse(tmp_path: Path) -> Iterator[DebianClickHouse]:
    require_clickhouse()
    yield from running(DebianClickHouse(DataDir(tmp_path / "servers")))


def test_the_doctor_says_that_it_is_too_old_and_how_old_it_may_be(
    old_clickhouse: DebianClickHouse, monkeypatch: pytest.MonkeyPatch, capsys, tmp_path: Path
):
    for name in OTHERS:
        monkeypatch.delenv(f"REVIEWSTREAM_{name}_URL", raising=False)
    monkeypatch.setenv("REVIEWSTREAM_CLICKHOUSE_URL", old_clickhouse.url)
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--json", "--data-dir", str(tmp_path)])
    assert ended.value.code == 1
    shown = json.loads(capsys.readouterr().out)["findings"]
    found = {finding["check"]: finding for finding in shown if finding["subject"] == "clickhouse"}
    problems = {check for check, finding in found.items() if finding["level"] == "problem"}
    assert problems == {"version"}
    assert found["version"]["detail"].startswith("18.16.1, and 23 is the oldest supported")
    assert found["version"]["fix"] == "update the server"
