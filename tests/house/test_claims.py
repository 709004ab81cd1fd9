"""What the project claims to run on is what runs of the tests have seen, and is said the same everywhere."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.markers import Marker

from tests.header import SERVERS, seen

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PYTHON = "Programming Language :: Python :: "
SEEN = {name.removeprefix(PYTHON) for name in PROJECT["classifiers"] if name.startswith(PYTHON)}
LOW, HIGH = map(int, re.findall(r"3\.(\d+)", PROJECT["requires-python"]))
INSTALLS = {f"3.{minor}" for minor in range(LOW, HIGH)}
"""requires-python is ">=3.LOW,<3.HIGH"."""


def test_only_versions_that_a_run_has_seen_are_classified() -> None:
    """Whoever adds a classifier has run all tests on that version, and says so in these places."""
    assert {"3.11"} == SEEN
    assert SEEN < INSTALLS
    assert "Operating System :: POSIX :: Linux" in PROJECT["classifiers"]


@pytest.mark.parametrize(
    ("page", "seen_ones", "others"),
    [
        (
            "README.md",
            r"All tests run on ([\d., and]+);",
            r"it installs on ([\d., and]+), and no full run of\s+the tests has seen",
        ),
        (
            "scripts/setup.sh",
            r"all tests run on ([\d., and]+)\"",
            r"nor ([\d., or]+), which no full run of the tests has seen",
        ),
    ],
)
def test_pages_say_which_versions_were_seen_and_which_only_install(page: str, seen_ones: str, others: str) -> None:
    text = (ROOT / page).read_text()
    for pattern, versions in ((seen_ones, SEEN), (others, INSTALLS - SEEN)):
        found = re.search(pattern, text)
        assert found, pattern
        assert set(re.findall(r"3\.\d+", found[1])) == versions


def test_the_image_has_a_version_that_was_seen() -> None:
    bases = re.findall(r"^FROM python:(3\.\d+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert set(bases) <= SEEN


def locked(name: str, version: str) -> list[str]:
    """The packages that one requirements file holds for one version of Python, on Linux."""
    lines = re.findall(
        r"^([\w.-]+)==\S+(?: ; (.+?))? \\$", (ROOT / f"requirements/{name}.txt").read_text(), re.MULTILINE
    )
    here = {"python_full_version": f"{version}.0", "python_version": version, "sys_platform": "linux"}
    return [package for package, marker in lines if not marker or Marker(marker).evaluate(here)]


@pytest.mark.parametrize("version", sorted(INSTALLS - SEEN))
@pytest.mark.parametrize("name", ["run", "dev", "image"])
def test_each_version_that_installs_has_the_same_packages_locked_once(name: str, version: str) -> None:
    packages = locked(name, version)
    assert len(packages) == len(set(packages)) > 50
    for seen_one in SEEN:
        assert set(locked(name, seen_one)) == set(packages)


def test_a_run_says_what_it_has_seen() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", __file__]
    header = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    assert all(line in header for line in seen())
    assert f"{platform.python_version()}, Linux" in header
    assert re.search(r"servers: kafka 4\.", header)
    assert all(re.search(rf"{name} \d", header) for name in SERVERS)
