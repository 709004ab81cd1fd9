"""A data directory that some server could not use is refused with one sentence, before anything is made."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedded.data_path import UNSAFE, check_name, check_place
from embedded.datadir import DataDir
from embedded.java_properties import escaped
from reviewstream.main import main
from schemas.errors import InvalidInput, Unavailable
from telemetry import logs

NOBODY = 65534


@pytest.fixture(autouse=True)
def _logging_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands run in this process, and would leave it with their logging."""
    monkeypatch.setattr(logs, "configure", lambda *_, **__: None)


def refused(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What `up` says; it must have made nothing, in the background as in the foreground."""
    said = set()
    for way in ([], ["--detach"]):
        before = sorted(path.parent.iterdir()) if path.parent.is_dir() else None
        with pytest.raises(SystemExit) as ended:
            main(["up", "--data-dir", str(path), *way])
        assert ended.value.code == 2
        assert before == (sorted(path.parent.iterdir()) if path.parent.is_dir() else None)
        said.add(capsys.readouterr().err)
    (text,) = said
    assert text.startswith("reviewstream: ")
    assert text.endswith("choose another directory by --data-dir\n")
    assert text.count("\n") == 1
    return text


@pytest.mark.parametrize("letter", UNSAFE)
def test_a_letter_that_a_server_gives_another_meaning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], letter: str
) -> None:
    assert f"({letter})" in refused(tmp_path / f"a{letter}b", capsys)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (b"a\nb", "control character"),
        (b"caf\xe9", "that are no UTF-8"),
        (b"space ", "begins or ends with a space"),
        (b"n" * 256, "too long: "),
        (b"/".join([b"n" * 200] * 5), "too long: "),
    ],
    ids=["control", "latin-1", "space", "name", "path"],
)
def test_a_name_that_a_server_reads_differently(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: bytes, said: str
) -> None:
    assert said in refused(tmp_path / os.fsdecode(name), capsys)


def test_letters_that_this_locale_writes_in_another_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.getfilesystemencoding", lambda: "iso8859-1")
    assert "set LC_ALL=C.UTF-8" in refused(tmp_path / "café", capsys)
    check_name(tmp_path / "cafe")


@given(st.lists(st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=20), min_size=1))
def test_letters_and_digits_of_any_script_are_taken(names: list[str]) -> None:
    path = Path("/", *names)
    if len(os.fsencode(path)) <= 255:
        check_name(path)


def test_below_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert f"{tmp_path / 'file'} is not a directory" in refused(tmp_path / "file" / "data", capsys)


@contextmanager
def nobody() -> Iterator[None]:
    """As an account that owns nothing, as far as questions for rights go."""
    if os.geteuid() == 0:
        os.setreuid(NOBODY, 0)
    try:
        yield
    finally:
        if os.geteuid() == 0:
            os.setreuid(0, 0)


def test_where_this_account_may_not_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tmp_path.chmod(0o500)
    with nobody():
        assert f"{tmp_path} is not writable for this account" in refused(tmp_path / "data", capsys)
    tmp_path.chmod(0o700)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of a megabyte."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,nr_inodes=8", "tmpfs", str(tmp_path)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("needs the right to mount a file system")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def test_on_a_full_file_system(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"only 1 MB are free under {small}" in refused(small / "data", capsys)


def test_on_one_that_is_mounted_read_only(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
    assert "is on a file system that is mounted read-only" in refused(small / "data", capsys)


def test_without_room_for_another_file(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embedded.data_path.LEAST_FREE_BYTES", 0)
    for number in range(8):
        if os.statvfs(small).f_favail:
            (small / str(number)).write_text("")
    with pytest.raises(InvalidInput, match="has no room for another file"):
        check_place(small / "data")


def test_a_directory_that_cannot_be_made_after_all_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match=r"cannot be used as data directory: Not a directory; choose another"):
        DataDir(tmp_path / "file" / "data")


@given(st.text(st.characters(codec="utf-8")))
def test_java_reads_what_was_written(text: str) -> None:
    """Java's escapes are Python's, but for letters beyond the first plane, which are two there."""
    line = escaped(text)
    assert line.isascii()
    assert line.isprintable()
    read = line.encode("ascii").decode("unicode_escape")
    assert read.encode("utf-16", "surrogatepass").decode("utf-16") == text
    assert not line.startswith(" ")
