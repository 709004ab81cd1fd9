"""Settings come from the environment or from files that it names, and errors never show a value."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from reviewstream.bootstrap import with_urls
from reviewstream.settings import Settings, load
from schemas.errors import InvalidInput, Unavailable

URL = "kafka://127.0.0.1:9092"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # a stack of the repository's own may have kept settings there
    for name in Settings.model_fields:
        monkeypatch.delenv(f"REVIEWSTREAM_{name.upper()}", raising=False)
        monkeypatch.delenv(f"REVIEWSTREAM_{name.upper()}_FILE", raising=False)


def test_the_environment_sets_a_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWSTREAM_KAFKA_URL", URL)
    assert load().url("kafka") == URL


def test_a_file_sets_a_url_without_the_line_break_at_its_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "kafka"
    secret.write_text(URL + "\n")
    monkeypatch.setenv("REVIEWSTREAM_KAFKA_URL_FILE", str(secret))
    assert load().url("kafka") == URL


def test_every_setting_has_a_file_form(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "value").write_text("7")
    monkeypatch.setenv("REVIEWSTREAM_PARTITIONS_FILE", str(tmp_path / "value"))
    assert load().partitions == 7


def test_the_variable_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "value").write_text("7")
    monkeypatch.setenv("REVIEWSTREAM_PARTITIONS_FILE", str(tmp_path / "value"))
    monkeypatch.setenv("REVIEWSTREAM_PARTITIONS", "8")
    assert load().partitions == 8


def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWSTREAM_KAFKA_URL_FILE", "/nowhere/kafka")
    with pytest.raises(InvalidInput, match=r"REVIEWSTREAM_KAFKA_URL_FILE cannot be read"):
        load()


def test_steps_have_deadlines_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWSTREAM_STEP_DEADLINE_SECONDS", "120")
    monkeypatch.setenv("REVIEWSTREAM_STEP_DEADLINES", "nlp=900, compensate = 1.5,")
    assert load().deadlines() == {
        "store": 120, "nlp": 900, "analytics": 120, "notify": 120, "compensate": 1.5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("nap=60", "names a step that no review waits for; those are store, nlp, analytics, notify, compensate"),
        ("collect=60", "no review waits for"),
        ("nlp", "no number of seconds above 0 for nlp; write for example nlp=60"),
        ("nlp=0", "above 0 for nlp"),
        ("nlp=nan", "above 0 for nlp"),
        ("nlp=inf", "above 0 for nlp"),
        ("nlp=hunter2", "above 0 for nlp"),
    ],
)
def test_a_deadline_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, value: str, said: str) -> None:
    monkeypatch.setenv("REVIEWSTREAM_STEP_DEADLINES", value)
    with pytest.raises(InvalidInput, match=r"^REVIEWSTREAM_STEP_DEADLINES: ") as caught:
        load()
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_wrong_value_is_named_but_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWSTREAM_PARTITIONS", "hunter2")
    with pytest.raises(InvalidInput, match=r"^REVIEWSTREAM_PARTITIONS: ") as caught:
        load()
    assert "hunter2" not in str(caught.value)


def test_a_missing_url_says_what_to_do() -> None:
    with pytest.raises(Unavailable, match=r"reviewstream up.*REVIEWSTREAM_MONGO_URL"):
        load().url("mongo")


def test_urls_are_not_shown_with_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWSTREAM_MONGO_URL", "mongodb://user:hunter2@host/")
    assert "hunter2" not in repr(load())


def test_the_stack_fills_in_only_what_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWSTREAM_KAFKA_URL", URL)
    stack = {"REVIEWSTREAM_KAFKA_URL": "kafka://127.0.0.1:1", "REVIEWSTREAM_MONGO_URL": "mongodb://127.0.0.1:2"}
    filled = with_urls(load(), stack)
    assert (filled.url("kafka"), filled.url("mongo")) == (URL, "mongodb://127.0.0.1:2")
    assert filled.redis_url is None
    assert isinstance(filled.mongo_url, SecretStr)
