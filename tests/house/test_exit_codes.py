"""docs/operations.md has the exit codes of every command, and commands exit as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from operations.exit_codes import COMMANDS, rows
from reviewstream.main import cli, main

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()


def names(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command that does something, as it is typed."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from names(below, (*path, name))
    else:
        yield " ".join(path)


def test_every_command_is_in_the_table_and_no_other() -> None:
    assert set(COMMANDS) == set(names(cli)), "operations/exit_codes.py: say what 0 and 1 of a command mean"


def test_the_page_has_the_table() -> None:
    section = PAGE.partition("## Exit codes of commands")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `.*$", section, re.MULTILINE) == list(rows())


def code(argv: list[str], directory: Path) -> int:
    try:
        main([*argv, "--data-dir", str(directory)])
    except SystemExit as ended:
        return int(str(ended.code))
    return 0


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["down"], 0), (["schemas", "check"], 0),
        (["status"], 1), (["urls"], 1), (["verify"], 1), (["tenant", "list"], 1), (["migrate", "status"], 1),
        (["cdc", "status"], 1), (["query", "failures"], 1), (["deadletters", "list"], 1), (["replay", "reviews"], 1),
        (["replay"], 2), (["publish", "missing.csv", "--tenant", "a"], 1), (["publish"], 2), (["worker", "nothing"], 2),
        (["deadletters", "discard"], 2), (["deadletters", "discard", "--why", " "], 2), (["nothing"], 2),
        (["query", "reviews", "--tenant", "a", "--limit", "0"], 2), (["status", "--nothing"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)  # fmt: skip
def test_a_command_without_a_stack_exits_as_the_table_says(argv: list[str], expected: int, tmp_path: Path) -> None:
    assert code(argv, tmp_path / "none") == expected


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_an_option_that_there_is_not_is_wrong_usage_of_every_command(command: str, tmp_path: Path) -> None:
    assert code([*command.split(), "--no-such-option"], tmp_path / "none") == 2
