"""How tables fit: whole in a pipe, one line a row, identifiers whole at any width, and what is left out is named."""

from __future__ import annotations

import io
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.table import Column, Table

from cli.console import LineConsole

ID = UUID("11111111-2222-3333-4444-555555555555")
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=50)


def printed(table: Table | str, *, terminal: bool, width: int = 80) -> list[str]:
    """The lines on a terminal without colours, or in a pipe."""
    file = io.StringIO()
    LineConsole(file=file, force_terminal=terminal, color_system=None, width=width).print(table)
    return file.getvalue().splitlines()


def letters(count: int = 2, error: str = "rating: out of range") -> Table:
    table = Table(
        Column("dead letter", no_wrap=True),
        Column("reason", no_wrap=True),
        "stage",
        "tenant",
        "when (UTC)",
        "state",
        "what is wrong",
    )
    for _ in range(count):
        table.add_row(str(ID), "unknown_tenant", "inbound", "blue-harbour", "2026-09-01 12:30:00", "open", error * 9)
    return table


def test_a_pipe_has_everything_one_line_a_row() -> None:
    head, *rows = printed(letters(), terminal=False)
    assert head.split()[:3] == ["dead", "letter", "reason"]
    assert len(rows) == 2
    assert all(row.startswith(f"{ID}  unknown_tenant  ") and row.endswith("rating: out of range" * 9) for row in rows)


def test_eighty_columns_have_ids_and_reasons_whole_and_name_what_is_left_out() -> None:
    head, *rows, note = printed(letters(), terminal=True)
    assert [cell_len(line) <= 80 for line in (head, *rows)] == [True] * 3
    assert all(row.startswith(f"{ID}  unknown_tenant  inbound  ") for row in rows)
    assert note.startswith("not shown in 80 columns: ")
    assert all(name in head or name in note for name in ("tenant", "when (UTC)", "state", "what is wrong"))
    assert printed(letters(), terminal=True, width=400) == printed(letters(), terminal=False)


def test_what_is_cut_ends_in_a_mark() -> None:
    table = Table("name", Column("what", no_wrap=True))
    table.add_row("a" * 90, "whole")
    assert printed(table, terminal=True)[1] == "a" * 72 + "…  whole"


def test_prose_in_the_last_column_is_whole_for_the_terminal_to_break() -> None:
    table = Table("server", Column("what to do", overflow="fold"))
    table.add_row("kafka", "run `reviewstream migrate apply`, " * 5)
    table.add_row("mongo", "")
    _, first, second = printed(table, terminal=True)
    assert first.count("`reviewstream migrate apply`") == 5
    assert second == "mongo"


def test_an_id_within_a_text_is_left_out_rather_than_cut() -> None:
    table = Table("what", Column("more", no_wrap=True))
    table.add_row(f"review {ID} kept changing", "x" * 60)
    assert printed(table, terminal=True)[1] == f"review …            {'x' * 60}"


def test_values_with_ids_leave_the_names_of_fields() -> None:
    table = Table("field", Column("value", overflow="fold"))
    table.add_row("dead_letter_id", str(ID))
    table.add_row("error", "long " * 40)
    assert [line.split()[0] for line in printed(table, terminal=True)] == ["field", "dead_letter_id", "error"]


@pytest.mark.parametrize("terminal", [True, False])
def test_data_is_neither_markup_nor_steers_the_terminal(terminal: bool) -> None:
    table = Table("source")
    table.add_row("a [bold]b[/] :smile: [/x]")
    table.add_row("one\ntwo\x1b[31mred\x07")
    shown = "one two\N{REPLACEMENT CHARACTER}[31mred\N{REPLACEMENT CHARACTER}"
    assert printed(table, terminal=terminal)[1:] == ["a [bold]b[/] :smile: [/x]", shown]
    assert printed("[/x] \x1b[2J", terminal=terminal) == ["[/x] \N{REPLACEMENT CHARACTER}[2J"]


@pytest.mark.parametrize("terminal", [True, False])
def test_a_message_is_one_line_so_that_its_command_can_be_copied(terminal: bool) -> None:
    said = f"the slot is gone; `reviewstream replay reviews --tenant blue-harbour --stream {ID}` repairs it, " * 3
    assert printed(said, terminal=terminal, width=40) == [said]


@given(st.lists(st.lists(TEXT, min_size=3, max_size=3), min_size=1, max_size=4), st.integers(20, 120))
def test_at_any_width_ids_are_whole_and_every_row_is_a_line(rows: list[list[str]], width: int) -> None:
    table = Table("first", "review", "second", "third")
    for first, second, third in rows:
        table.add_row(first, str(ID), second, third)
    lines = printed(table, terminal=True, width=width)
    assert [str(ID) in line for line in lines[1 : 1 + len(rows)]] == [True] * len(rows)
    assert all(cell_len(line) <= max(width, 36) for line in lines[: 1 + len(rows)])
    piped = printed(table, terminal=False, width=width)
    assert len(piped) == 1 + len(rows)
    for row, line in zip(rows, piped[1:], strict=True):
        assert all(cell.strip() in line for cell in row)
