"""The commands of topics, on a real log and read models: what they print, as tables and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from clickhouse_driver import Client

from connectors.databases import scripts_of
from connectors.migrations import migrate
from eventstore.log import EventLog
from reviewstream.bootstrap import Bootstrap
from reviewstream.main import cli
from reviewstream.settings import load
from tests.projections.making import History
from tests.projections.topical import reviews

Run = Callable[..., Any]


class Entry:
    """Runs commands on the servers of the test."""

    def __init__(self, directory: Path, urls: dict[str, str]) -> None:
        self._directory, self._urls = directory, urls

    def bootstrap(self, data_dir: Path | None) -> AbstractContextManager[Bootstrap]:
        return Bootstrap(load(data_dir=data_dir or self._directory, actor="an operator", **self._urls), process="test")


@pytest.fixture
def entry(url: str, clickhouse_url: str, tmp_path: Path) -> Entry:
    migrate(url, scripts_of("services.tenancy"))
    names = ("eventstore_url", "readmodels_url", "tenancy_url")
    return Entry(tmp_path, {**dict.fromkeys(names, url), "clickhouse_url": clickhouse_url})


@pytest.fixture
def run(entry: Entry, connect: Callable[[], Client]) -> Iterator[Run]:
    def run(*argv: str, code: int = 0) -> Any:
        done: Result = CliRunner().invoke(cli, [*argv, "--tenant", "blue-harbour"], obj=entry)
        assert (done.exit_code, done.exception if code == 0 else None) == (code, None), done.output
        return json.loads(done.stdout) if "--json" in argv else done.output if code == 0 else done.exception

    yield run
    client = connect()
    for (left,) in client.execute(
        "SELECT name FROM system.databases WHERE name = 'analytics' OR name LIKE 'analytics_v%'"
    ):
        client.execute(f"DROP DATABASE {left} SYNC")


def project(parts: Bootstrap) -> None:
    handlers = (parts.read_models.postgres_handler(), parts.read_models.clickhouse_handler())
    for handler in handlers:
        while (position := handler.position()) < parts.event_log.head():
            handler.handle(parts.event_log.read_after(position, 500))


def test_topics_are_found_edited_and_shown(entry: Entry, run: Run, log: EventLog, history: History) -> None:
    with entry.bootstrap(None) as parts:
        tenant = parts.tenants.create("blue-harbour")
        reviews(history, tenant=tenant.id)
        history.save(log)
        dry = run("topics", "fit", "--topics", "4", "--dry-run", "--json")
        assert (dry["dry_run"], dry["reviews"]["seen"], log.count(topics={"topic_model.fitted"})) == (True, 80, 0)
        found = run("topics", "fit", "--topics", "4", "--json")
        assert found["reviews"]["changed"] == found["reviews"]["with_topics"] == dry["reviews"]["changed"]
        assert [topic["size"] for topic in found["topics"]] == [20] * 4
        first, second, third, _ = (topic["topic_id"] for topic in found["topics"])
        assert run("topics", "fit", "--if-grown", "10%", "--json")["fitted"] is False
        assert "Gate" in run("topics", "rename", first, "Gate")
        assert run("topics", "merge", "gate", "--into", second, "--json")["reviews"]["changed"] >= 18
        run("topics", "undo")
        assert run("topics", "assign", "--json")["reviews"]["changed"] == 0
        run("topics", "move", third, "--under", "Gate")
        run("topics", "pin", third[:8])
        run("topics", "hide", second)
        told = run("topics", "history", "--json")
        assert [each["kind"] for each in told] == ["renamed", "merged", "undone", "moved", "pinned", "hidden"]
        assert [each["undone"] for each in told] == [False, True, False, False, False, False]
        assert {each["by"] for each in told} == {"an operator"}
        assert "undone" in run("topics", "history")
        assert "pinned" in run("topics", "show", "--all")
        project(parts)
        report = run("query", "topics", "--json")
        assert (report["reviews"], report["hidden"], len(report["topics"])) == (80, 1, 3)
        gate = next(topic for topic in report["topics"] if topic["title"] == "Gate")
        assert "Gate" in run("query", "topics", "--since", "2024-01-01", "--label", "positive")
        listed = run("query", "reviews", "--topic", "gate", "--limit", "100", "--json")["reviews"]
        assert len(listed) == gate["reviews"]
        run("topics", "example", second, listed[0]["review_id"])
        run("topics", "split", third, "--into", "2", "--dry-run")
        effects = run("query", "impact", "--json")
        assert "not what it causes" in effects["caution"]
        assert {each["title"] for each in effects["rating"]["effects"]} >= {"Gate"}
        assert "effect on" in run("query", "impact")
        assert str(run("topics", "rename", "nowhere", "x", code=1)).startswith("topic: there is no topic 'nowhere'")
        assert str(run("topics", "fit", "--if-grown", "many", code=1)).startswith("--if-grown: many is no share")
