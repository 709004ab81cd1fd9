"""Each block says what language it is in, each command is in a console, and what is not run has a reason that is allowed."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import PAGES, Block, blocks, every_block
from tests.docs.reasons import REASONS
from tests.docs.values import unknown

LANGUAGES = {"console", "text", "json", "python", "sql"}
PROGRAMS = re.compile(
    r"^(?:\$ )?(?:[A-Z_]+=\S+ )*(?:reviewstream|rs|make|docker|pg_\w+|export|alias|pip|\S*python3? -|\S+\.sh)\b(?!:)",
    re.MULTILINE,
)
"""How a command begins, for those that stand elsewhere than in a console."""


def faults(block: Block) -> list[str]:
    """What is wrong with a block."""
    found = []
    if block.language not in LANGUAGES:
        found.append(f"the language is {block.language or 'missing'}; one of {', '.join(sorted(LANGUAGES))}")
    if block.language not in {"console", "python"} and (command := PROGRAMS.search(block.text)):
        found.append(f"{command[0]}: is a command, and belongs in a console")
    for note in block.notes:
        if note.reason not in REASONS:
            found.append(f"{note.reason}: is no reason of tests/docs/reasons.py")
        if note.commands and not any(note.is_about(command.text) for command in block.commands):
            found.append(f"{', '.join(note.commands)}: no command of the block begins so")
    run = [command.text for command in block.commands if command.how != "not run"]
    found += [f"{name}: has no value in tests/docs/values.py" for text in run for name in sorted(unknown(text))]
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_block_is_in_order(page: str) -> None:
    assert not {str(block): wrong for block in blocks(page) if (wrong := faults(block))}


def test_there_are_commands_to_run() -> None:
    assert sum(len(block.commands) for block in every_block()) > 60
    assert len({block.page for block in every_block() if block.runs}) > 8


def one(text: str) -> Block:
    (found,) = blocks("a page", text)
    return found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("```\nx\n```\n", "the language is missing"),
        ("```text\nNAME=1 reviewstream up\n```\n", "belongs in a console"),
        ("```json\n$ make up\n```\n", "belongs in a console"),
        ("<!-- not run: because -->\n```console\nx\n```\n", "because: is no reason"),
        ("<!-- not run `y`: takes minutes -->\n```console\nx\n```\n", "y: no command"),
        ("```console\nreviewstream query review WHICH\n```\n", "WHICH: has no value"),
    ],
)
def test_a_fault_is_found(text: str, said: str) -> None:
    (fault,) = faults(one(text))
    assert said in fault


def test_a_note_that_is_none_is_refused() -> None:
    with pytest.raises(AssertionError, match="is no note about a block"):
        one("<!-- not run -->\n```console\nx\n```\n")


def test_commands_are_told_from_comments_and_from_what_was_printed() -> None:
    typed = one("```console\na b  # why\nc \\\n  d   # exits 1 where there is none\n\n# nothing\ne # f\n```\n").commands
    assert [(command.text, command.exits) for command in typed] == [("a b", 0), ("c d", 1), ("e # f", 0)]
    shown = one("```console\n$ a    # why\nprinted\n...\n```\n").commands
    assert [command.text for command in shown] == ["a"]


def test_a_note_is_about_the_commands_that_begin_so() -> None:
    block = one(
        "<!-- not run `docker compose`: x -->\n<!-- run dry `make`: y -->\n"
        "```console\nA=1 docker compose up\nmake up\nmaker\nreviewstream up\n```\n"
    )
    assert [command.how for command in block.commands] == ["not run", "run dry", "run dry", ""]


def test_an_indented_block_is_read_without_its_indent() -> None:
    page = "# T\n\n1. x\n   <!-- not run: x -->\n   ```python\n   b\n       c\n   ```\n"
    assert (one(page).line, one(page).text, one(page).runs) == (5, "b\n    c\n", False)
