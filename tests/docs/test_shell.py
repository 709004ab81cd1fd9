"""A page's shell is one shell, and its reader sees what a command exits with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.docs.library import Library
from tests.docs.pages import blocks
from tests.docs.reader import Reader
from tests.docs.shell import environment, shell
from tests.e2e.pipeline import Pipeline


def test_what_a_command_sets_is_there_for_the_next(tmp_path: Path) -> None:
    with shell(tmp_path, tmp_path / "notes", environment()) as typed:
        assert typed.run("alias shout='echo LOUD'; export WORD=quiet; plain=1") == (0, "")
        assert typed.run('shout "$WORD" $plain && pwd') == (0, f"LOUD quiet 1\n{tmp_path}\n")
        assert typed.run("cat; false") == (1, "")
        assert typed.run("no-such-command")[0] == 127
        assert typed.run("if then")[0] == 2
        assert typed.run("echo still here >&2") == (0, "still here\n")


def test_programs_are_found_only_where_the_page_says(tmp_path: Path) -> None:
    with shell(tmp_path, tmp_path / "notes", environment()) as typed:
        assert typed.run("command -v reviewstream") == (1, "")


@contextmanager
def reader(tmp_path: Path, *written: str) -> Iterator[Reader]:
    """Of a page with these consoles, which needs no stack."""
    page = tmp_path / "page.md"
    page.write_text("".join(f"```console\n{text}\n```\n\n" for text in written))
    with shell(tmp_path, tmp_path / "notes", environment()) as typed:
        yield Reader(str(page), typed, Library(tmp_path, Pipeline(tmp_path / "none")))


def test_a_block_is_tried_after_those_above_it(tmp_path: Path) -> None:
    with reader(tmp_path, "export WORD=quiet", 'test "$WORD" = quiet\nfalse  # exits 1 always') as one:
        *_, last = blocks(one.page)
        one.tries(last)
        assert one.tried == set(blocks(one.page))


@pytest.mark.parametrize("command", ["false", "true  # exits 1 if not", "no-such-command"])
def test_a_command_that_ends_otherwise_than_the_page_says_fails(tmp_path: Path, command: str) -> None:
    with reader(tmp_path, command) as one, pytest.raises(AssertionError, match="exited"):
        one.tries(*blocks(one.page))


def test_a_command_that_another_page_had_is_not_run_again(tmp_path: Path) -> None:
    with reader(tmp_path, "reviewstream up") as one:
        with pytest.raises(AssertionError, match="exited 127"):
            one.tries(*blocks(one.page))
        one.library.seen["reviewstream up", 0] = "README.md"
        one.tries(*blocks(one.page))
