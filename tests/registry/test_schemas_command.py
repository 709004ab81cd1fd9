"""`reviewstream schemas`: list, check, register."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from operations.schema_registration import subjects
from reviewstream.main import main
from schemas.registry import contracts
from telemetry import logs
from tests.registry.server import PASSWORD, Registry


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """The command with these arguments: exit code, standard output, standard error."""
    monkeypatch.setenv("REVIEWSTREAM_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("REVIEWSTREAM_SCHEMA_REGISTRY_URL", raising=False)
    monkeypatch.setattr(logs, "configure", lambda *_, **__: None)  # it would outlive the test, with its captured output

    def command(*arguments: str) -> tuple[int, str, str]:
        code = 0
        try:
            main(["schemas", *arguments])
        except SystemExit as ending:
            code = int(ending.code or 0)
        said = capsys.readouterr()
        assert PASSWORD not in said.out + said.err
        assert quote(PASSWORD, safe="") not in said.out + said.err
        return code, said.out, said.err

    return command


@pytest.fixture
def registered(server: Registry, monkeypatch: pytest.MonkeyPatch, run) -> Registry:
    monkeypatch.setenv("REVIEWSTREAM_SCHEMA_REGISTRY_URL", server.url)
    return server


def test_contracts_are_listed(run) -> None:
    code, out, _ = run("list", "--json")
    rows = json.loads(out)
    assert (code, [row["id"] for row in rows]) == (0, list(contracts()))
    assert rows[0]["subjects"] == ["reviews.collected-value"]
    assert "reprocessing_requested" in run("list")[1]


def test_check_passes_without_a_registry(run) -> None:
    code, out, err = run("check")
    assert (code, out) == (0, "")
    assert "read all earlier versions" in err
    assert json.loads(run("check", "--json")[1]) == {"violations": [], "registry": []}


def test_register_without_a_registry_says_what_to_set(run) -> None:
    code, _, err = run("register")
    assert (code, "set REVIEWSTREAM_SCHEMA_REGISTRY_URL" in err) == (1, True)


def test_from_nothing_registered_to_everything(registered: Registry, run) -> None:
    code, out, err = run("check")
    assert code == 1
    assert "review.collected.v1: not registered as reviews.collected-value v1 under id 1" in out
    assert f"{sum(len(subjects(each)) for each in contracts().values())} not registered" in err
    code, out, _ = run("register", "--dry-run", "--json")
    assert (code, {row["state"] for row in json.loads(out)}) == (0, {"missing"})
    assert registered.subjects == {}
    assert run("register")[0] == 0
    code, out, err = run("check")
    assert (code, out) == (0, "")
    assert "and are registered" in err


def test_a_wrong_password_is_a_sentence(registered: Registry, run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWSTREAM_SCHEMA_REGISTRY_URL", registered.url.replace("not%40for", "another-word"))
    code, out, err = run("register")
    assert (code, out) == (1, "")
    assert "401: Unauthorized" in err
    assert "another-word" not in err
