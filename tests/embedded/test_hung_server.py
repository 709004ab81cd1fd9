"""A directory that is removed under its server is noticed; one that is only written to is not."""

from __future__ import annotations

from pathlib import Path

from embedded.hung_server import Gone


def test_a_directory_that_is_removed_or_replaced_is_gone(tmp_path: Path) -> None:
    directory = tmp_path / "clickhouse"
    directory.mkdir()
    gone = Gone(directory)
    (directory / "file").touch()
    assert not gone()
    directory.rename(tmp_path / "elsewhere")
    assert gone()
    directory.mkdir()
    assert gone()
    assert not Gone(directory)()
