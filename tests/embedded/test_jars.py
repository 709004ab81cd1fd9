"""Jars are compared with the committed hashes before they are used."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from connectors.jars import jars_dir, read_listing
from embedded.jars import LISTING, class_path
from schemas.errors import Unavailable

CONTENT = b"content of a jar"


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    path = tmp_path / "jars.sha256"
    path.write_text(f"{hashlib.sha256(CONTENT).hexdigest()}  org.example:thing:1.0\n")
    return path


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    path = tmp_path / "jars"
    path.mkdir()
    return path


def test_known_jar_is_put_on_the_class_path_and_strangers_are_not(listing: Path, cache: Path) -> None:
    (cache / "thing-1.0.jar").write_bytes(CONTENT)
    (cache / "stranger-6.6.jar").write_bytes(b"x")
    assert class_path(print, listing=listing, cache=cache) == str(cache / "thing-1.0.jar")


def test_jar_with_another_hash_is_refused(listing: Path, cache: Path) -> None:
    (cache / "thing-1.0.jar").write_bytes(CONTENT + b"!")
    with pytest.raises(Unavailable, match=r"thing-1\.0\.jar is not the thing-1\.0\.jar we know"):
        class_path(print, listing=listing, cache=cache)


def test_missing_jar_without_network_says_what_to_do(
    listing: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    with pytest.raises(Unavailable, match="Check the network"):
        class_path(print, listing=listing, cache=cache)
    assert [path.name for path in cache.iterdir()] == [".lock"]


def test_every_jar_of_kafka_has_one_hash_and_one_name() -> None:
    jars = read_listing(LISTING)
    assert len({jar.filename for jar in jars}) == len(jars) == 91
    assert all(len(jar.sha256) == 64 for jar in jars)


def test_cache_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REVIEWSTREAM_JARS_DIR", str(tmp_path))
    assert jars_dir() == tmp_path
