"""Refusals say what to do next."""

from __future__ import annotations

import platform
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from embedded.packages import package_dir, require_platform, script
from embedded.stack import EmbeddedStack
from schemas.errors import InvalidInput, Unavailable


def test_other_platforms_are_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    require_platform()
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    with pytest.raises(Unavailable, match=r"Linux x86-64 only, this is Linux aarch64; set the REVIEWSTREAM_\*_URL"):
        require_platform()


def test_missing_package_names_the_command_that_installs_it() -> None:
    with pytest.raises(Unavailable, match=r"no_such_wheel is not installed; pip install 'reviewstream\[embedded\]'"):
        package_dir("no_such_wheel")


def test_missing_program_names_the_command_that_installs_it() -> None:
    with pytest.raises(Unavailable, match="no-such-script is missing"):
        script("no-such-script")


def test_unknown_server_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="unknown server oracle; choose from postgres, kafka"):
        EmbeddedStack(tmp_path, servers=["oracle"])


def test_nearly_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[str, str]] = []
    stack = EmbeddedStack(tmp_path, servers=[], on_progress=lambda name, text: heard.append((name, text)))
    with stack:
        assert heard == []
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=400_000_000))
    with stack:
        assert "only 0.40 GB free" in heard[0][1]
