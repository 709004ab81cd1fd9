"""PostgreSQL refuses root: whom it runs as instead."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from embedded import identity
from embedded.datadir import DataDir
from embedded.postgres import Postgres
from schemas.errors import Unavailable

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root needs another identity; run the tests as root to cover it"
)


@pytest.fixture
def no_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a container that forbids user namespaces looks like: the attempt fails."""
    monkeypatch.setattr(identity, "NAMESPACE", "map:refused")


@pytest.fixture
def passable() -> Iterator[Path]:
    """A directory that every account can reach, unlike pytest's."""
    path = Path(tempfile.mkdtemp())
    path.chmod(0o711)
    yield path / "data"
    shutil.rmtree(path)


def test_in_a_user_namespace_files_stay_ours(tmp_path: Path) -> None:
    server = Postgres(DataDir(tmp_path))
    server.prepare()
    assert server.identity == identity.NAMESPACE
    assert (server.cluster / "PG_VERSION").stat().st_uid == os.geteuid()


@pytest.mark.usefixtures("no_namespaces")
def test_without_namespaces_it_runs_as_an_unprivileged_account(passable: Path) -> None:
    server = Postgres(DataDir(passable))
    server.start()
    try:
        assert server.health().ok
        assert psutil.Process(server.pid).uids().real != 0
        assert DataDir(passable).root.stat().st_mode & 0o777 == 0o711
        assert (passable / "secrets.json").stat().st_mode & 0o777 == 0o600
    finally:
        server.stop()


@pytest.mark.usefixtures("no_namespaces")
def test_directory_that_no_account_can_reach_is_named(passable: Path) -> None:
    passable.parent.chmod(0o700)
    with pytest.raises(Unavailable, match=f"cannot reach {passable}/postgres; run as an ordinary user"):
        Postgres(DataDir(passable)).prepare()
