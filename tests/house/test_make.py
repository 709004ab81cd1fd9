"""What a newcomer types: make alone, and set-up when it can do nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_make_alone_lists_the_targets() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    assert {line.split()[1] for line in listed.splitlines()} >= {"setup", "demo", "test", "lint", "up", "down", "bench"}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Enough of the repository to set up, without .venv."""
    for name in ("scripts", "requirements"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def setup(clone: Path, tools: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run set-up with some commands replaced by scripts."""
    for name, script in tools.items():
        tool = clone / "tools" / name
        tool.parent.mkdir(exist_ok=True)
        tool.write_text(f"#!/bin/sh\n{script}\n")
        tool.chmod(0o755)
    env = {**os.environ, "PATH": f"{clone / 'tools'}:{os.environ['PATH']}", "PYTHON": ""}
    return subprocess.run([clone / "scripts/setup.sh"], env=env, capture_output=True, check=False, text=True)


NO_PYTHON = dict.fromkeys(("python3", "python3.11", "python3.12", "python3.13"), "exit 127")


@pytest.mark.parametrize(
    ("tools", "said"),
    [
        (NO_PYTHON, "no Python 3.11 found, nor 3.12 or 3.13"),
        ({"uname": "echo Darwin"}, "built for Linux on x86-64"),
        ({"df": "echo h; echo d 9 9 1048576 9 /"}, "only 1 GB are free"),
        ({"python3.11": 'case "$1" in -m) exit 1;; *) exit 0;; esac'}, "cannot make a virtual environment"),
    ],
    ids=["no python", "another platform", "no disk", "no venv"],
)
def test_set_up_fails_with_a_sentence_that_helps(clone: Path, tools: dict[str, str], said: str) -> None:
    done = setup(clone, tools)
    assert done.returncode == 1
    assert said in done.stderr


def test_set_up_without_a_network_says_so(clone: Path) -> None:
    python = 'case "$1 $2" in -c*) exit 0;; "-m venv") mkdir -p .venv/bin; cp "$0" .venv/bin/python;; *) exit 1;; esac'
    done = setup(clone, {"python3.11": python})
    assert done.returncode == 1
    assert "the package index does not answer" in done.stderr


@pytest.mark.parametrize(("version", "unseen"), [("3.11.7", False), ("3.13.0", True)])
def test_set_up_says_which_python_no_run_of_the_tests_has_seen(clone: Path, version: str, unseen: bool) -> None:
    python = f'case "$1" in -c) exit 0;; --version) echo Python {version};; *) exit 1;; esac'
    done = setup(clone, {"python3.11": python})
    (created,) = [line for line in done.stderr.splitlines() if "creating .venv" in line]
    assert created.startswith(f"creating .venv with Python {version}")
    assert ("no full run of the tests has seen" in created) is unseen


def test_requirements_have_hashes_and_no_addresses() -> None:
    for path in (ROOT / "requirements").iterdir():
        text = path.read_text()
        assert "://" not in text, path.name
        assert "--index-url" not in text, path.name
        assert text.count("--hash=sha256:") > text.count("=="), path.name
