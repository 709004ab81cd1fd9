"""What `up` was given is kept for later commands from other shells, shown without secrets, and forgotten on request."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from reviewstream import kept
from reviewstream.entry import Entry
from reviewstream.keeping import Keeping
from reviewstream.main import cli
from reviewstream.origins import defaults, masked
from reviewstream.settings import Settings, load, variable
from schemas.errors import InvalidInput
from telemetry import logs

VERSION, PUBLISHER, KAFKA = (variable(name) for name in ("processing_version", "public_topics", "kafka_url"))
SECRET = "kafka+sasl_ssl://anna:hunter2@broker:9093?ssl.ca.location=/ca.pem"


@pytest.fixture(autouse=True)
def _logging_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands run in this process, and would leave it with their logging."""
    monkeypatch.setattr(logs, "configure", lambda *_, **__: None)


@pytest.fixture
def up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """A start with such an environment; what it tells."""

    def start(**environment: str) -> list[str]:
        with monkeypatch.context() as shell:
            for name, value in environment.items():
                shell.setenv(name, value)
            keeping = Keeping(tmp_path)
            news = keeping.news()
            with keeping.unless_it_fails():
                keeping.keep()
        return news

    return start


def asked(tmp_path: Path, *argv: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["settings", *argv, "--data-dir", str(tmp_path)], obj=Entry(), standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.exit_code, done.output


def test_a_later_command_from_another_shell_has_the_same_version_and_publisher(
    up: Callable[..., list[str]], tmp_path: Path
) -> None:
    up(**{VERSION: "3", PUBLISHER: "debezium"})
    later = load(data_dir=tmp_path)
    assert (later.processing_version, later.public_topics) == ("3", "debezium")
    assert load(data_dir=tmp_path / "other").processing_version == ""


def test_an_explicit_variable_wins_and_the_next_start_says_what_changed(
    up: Callable[..., list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    up(**{VERSION: "3", PUBLISHER: "debezium"})
    assert up(**{VERSION: "4"}) == [
        f"{VERSION}: 4, before: 3",
        f"kept from an earlier start: {PUBLISHER}; `reviewstream settings` shows them",
    ]
    assert up(**{VERSION: ""})[0] == f"{VERSION}: not kept, before: 4"
    assert kept.read(tmp_path) == {PUBLISHER: "debezium"}
    monkeypatch.setenv(PUBLISHER, "off")
    assert load(data_dir=tmp_path).public_topics == "off"


def test_a_start_that_fails_leaves_what_was_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.write(tmp_path, {VERSION: "3"})
    monkeypatch.setenv(VERSION, "4")
    keeping = Keeping(tmp_path)

    def fail() -> None:
        with keeping.unless_it_fails():
            keeping.keep()
            assert kept.read(tmp_path) == {VERSION: "4"}
            raise InvalidInput("no such step")

    with pytest.raises(InvalidInput, match="no such step"):
        fail()
    assert kept.read(tmp_path) == {VERSION: "3"}


def test_a_secret_is_kept_for_the_owner_only_and_shown_to_nobody(up: Callable[..., list[str]], tmp_path: Path) -> None:
    news = up(**{KAFKA: SECRET})
    assert news == [f"{KAFKA}: ***, before: not kept"]
    assert (tmp_path / kept.FILE).stat().st_mode & 0o777 == 0o600
    url = load(data_dir=tmp_path).kafka_url
    assert url is not None
    assert url.get_secret_value() == SECRET
    _, shown = asked(tmp_path)
    assert "kafka+sasl_ssl://***@broker:9093" in shown
    _, listed = asked(tmp_path, "--json")
    assert "hunter2" not in shown + listed


def test_a_file_is_kept_by_its_name(up: Callable[..., list[str]], tmp_path: Path) -> None:
    file = tmp_path / "version"
    file.write_text("7\n")
    up(**{VERSION + "_FILE": str(file)})
    assert kept.read(tmp_path) == {VERSION + "_FILE": str(file)}
    file.write_text("8\n")
    assert load(data_dir=tmp_path).processing_version == "8"
    up(**{VERSION: "9"})
    assert kept.read(tmp_path) == {VERSION: "9"}


def test_every_setting_is_listed_with_where_it_comes_from(
    up: Callable[..., list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    up(**{VERSION: "3"})
    (tmp_path / "partitions").write_text("3")
    monkeypatch.setenv("REVIEWSTREAM_PARTITIONS_FILE", str(tmp_path / "partitions"))
    monkeypatch.setenv("REVIEWSTREAM_LOG_LEVEL", "error")
    found = {each["variable"]: (each["value"], each["source"]) for each in json.loads(asked(tmp_path, "--json")[1])}
    assert list(found) == [variable(name) for name in Settings.model_fields]
    assert found[VERSION] == ("3", "kept")
    assert found["REVIEWSTREAM_PARTITIONS"] == ("3", f"file {tmp_path / 'partitions'}")
    assert found["REVIEWSTREAM_LOG_LEVEL"] == ("error", "environment")
    assert found["REVIEWSTREAM_NLP_WORKERS"] == ("2", "default")
    assert "REVIEWSTREAM_NLP_WORKERS" not in asked(tmp_path)[1]


def test_what_is_forgotten_has_its_default_again(up: Callable[..., list[str]], tmp_path: Path) -> None:
    up(**{VERSION: "3"})
    asked(tmp_path, "forget", "processing_version")
    assert load(data_dir=tmp_path).processing_version == ""
    with pytest.raises(InvalidInput, match=f"{VERSION} is not kept"):
        asked(tmp_path, "forget", VERSION)


def test_a_wrong_value_that_is_kept_says_so_and_can_be_forgotten(tmp_path: Path) -> None:
    kept.write(tmp_path, {"REVIEWSTREAM_PARTITIONS": "many"})
    with pytest.raises(InvalidInput, match=r"REVIEWSTREAM_PARTITIONS: .*settings forget partitions"):
        load(data_dir=tmp_path)
    asked(tmp_path, "forget", "partitions")
    assert load(data_dir=tmp_path).partitions == 10


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / kept.FILE).write_text("{")
    with pytest.raises(InvalidInput, match=r"settings\.json cannot be read: it is damaged"):
        load(data_dir=tmp_path)


def test_who_acts_and_where_are_never_kept(up: Callable[..., list[str]], tmp_path: Path) -> None:
    up(REVIEWSTREAM_ACTOR="anna", REVIEWSTREAM_DATA_DIR=str(tmp_path))
    assert kept.read(tmp_path) == {}
    assert not (tmp_path / kept.FILE).exists()


VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@given(st.lists(st.dictionaries(st.sampled_from([VERSION, PUBLISHER, KAFKA]), VALUES, max_size=3), max_size=5))
def test_kept_is_the_last_that_was_given_unless_it_is_the_default(starts: list[dict[str, str]]) -> None:
    known, last = {}, {}
    for given_now in starts:
        known = kept.merged(known, given_now, defaults())
        last |= given_now
    assert known == {name: value for name, value in last.items() if value != defaults()[name]}


@given(account=st.text(), password=st.text(min_size=1))
def test_no_account_and_no_parameter_of_a_url_is_shown(account: str, password: str) -> None:
    """Whether or not the letters are escaped that mean something in a URL."""
    both = ("x://***@host:1/db?***", "x://***")
    assert masked(f"x://{quote(account, '')}:{quote(password, '')}@host:1/db?key=s3cret") == both[0]
    assert masked(f"x://{account}:{password}@host:1/db?key=s3cret") in both
    assert masked(f"{quote(account, '')}:{password}".replace("://", "")) == "***"
