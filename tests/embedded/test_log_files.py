"""Logs are rotated at a start and while their writer runs; what is not kept goes, and nothing else does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from embedded.hung_server import PANIC, Panic
from embedded.log_files import KeepLogs, rotate, tidy
from tests.waiting import until

LINES = 20_000
# At the pace of a busy server: what is lost is what is written while the copy's process is not running.
WRITER = f"import time\nfor n in range({LINES}): print(n, flush=True), time.sleep(0.0001)"


def contents(directory: Path, name: str = "server.log") -> list[str]:
    """Of each file of a log, the newest first."""
    found = sorted(directory.glob(f"{name}*"), key=lambda path: (len(path.name), path.name))
    return [path.read_text() for path in found]


def test_a_big_log_is_rotated_at_a_start(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    for text in ("first", "second", "third"):
        log.write_text(text)
        rotate(log, size=4)
    assert not log.exists()
    assert contents(tmp_path) == ["third", "second", "first"]
    log.write_text("1234")
    rotate(log, size=4)
    rotate(tmp_path / "other.log")
    assert contents(tmp_path)[0] == "1234"


def test_a_log_is_rotated_under_a_writer_that_goes_on(tmp_path: Path) -> None:
    log, kept = tmp_path / "server.log", KeepLogs(size=10_000, files=1_000)
    with log.open("ab") as sink, subprocess.Popen([sys.executable, "-c", WRITER], stdout=sink) as writer:

        def has_ended() -> bool:  # its last line may be one of the few that are lost
            tidy(tmp_path, kept)
            return writer.poll() is not None

        until(has_ended)
    found = [int(line) for text in reversed(contents(tmp_path)) for line in text.splitlines() if line.isdigit()]
    assert len(contents(tmp_path)) > 2
    assert found == sorted(set(found)), "nothing comes twice, and in order"
    assert len(found) > LINES * 0.99


def test_a_line_that_is_seen_by_half_is_copied_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where it crosses a page of memory: the other half comes while the copy waits for the end of the line."""
    log = tmp_path / "server.log"
    log.write_bytes(b"whole\nha")

    def other_half(pause: float) -> None:
        if pause > 0.001:
            with log.open("ab") as writer:
                writer.write(b"lf\n")

    monkeypatch.setattr("time.sleep", other_half)
    tidy(tmp_path, KeepLogs(size=4))
    assert contents(tmp_path) == ["", "whole\nhalf\n"]


def test_the_end_of_a_writer_that_ended_within_a_line_is_kept(tmp_path: Path) -> None:
    (tmp_path / "server.log").write_bytes(b"whole\nha")
    tidy(tmp_path, KeepLogs(size=4))
    assert contents(tmp_path) == ["", "whole\nha"]


def test_only_so_many_older_files_are_kept(tmp_path: Path) -> None:
    for name in ("a.log", "a.log.1", "a.log.2", "a.log.3", "b.log.2", "state.json", "a.log.notes"):
        (tmp_path / name).write_text(name)
    tidy(tmp_path, KeepLogs(size=4, files=2))
    assert contents(tmp_path, "a.log") == ["", "a.log", "a.log.1", "a.log.notes"]
    assert (tmp_path / "b.log.2").exists()
    assert (tmp_path / "state.json").exists()


def test_a_copy_that_finds_no_room_leaves_the_log_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "server.log"
    log.write_text("precious")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfileobj", full)
    with pytest.raises(OSError, match="No space left"):
        tidy(tmp_path, KeepLogs(size=4))
    assert contents(tmp_path) == ["precious"]


def test_a_panic_is_seen_in_a_log_that_was_rotated(tmp_path: Path) -> None:
    log = tmp_path / "secantus.log"
    log.write_text("x" * 100)
    panic = Panic(log)
    assert not panic()
    tidy(tmp_path, KeepLogs(size=50))
    with log.open("ab") as file:
        file.write(PANIC)
    assert panic()
