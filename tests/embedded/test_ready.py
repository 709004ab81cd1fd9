"""What a worker announces, and where its supervisor then asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from embedded.ready import READY_FILE, announce_ready, announced, announced_port


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("127.0.0.1:4711", ("127.0.0.1", 4711)),
        ("0.0.0.0:4711", ("127.0.0.1", 4711)),
        ("10.1.2.3:9100", ("10.1.2.3", 9100)),
        ("", None),
    ],
)
def test_a_worker_is_asked_where_it_listens(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str, asked: tuple[str, int] | None
) -> None:
    file = tmp_path / "worker.ready"
    assert announced(file) is None
    monkeypatch.setenv(READY_FILE, str(file))
    announce_ready(address)
    assert announced(file) == asked
    assert announced_port(file) == (asked[1] if asked else None)
