"""`migrate`: what this release needs that the stores lack, and applying it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from rich.table import Column, Table

from cli.common import bootstrap, data_dir_option, err, json_option, new_log_option, out, print_json
from operations.migrate.migratable import StoreState
from schemas.errors import VerificationFailed


@click.group()
def migrate() -> None:
    """Databases, topics, indexes and read models of the servers that the settings name: plan, apply, status."""


@migrate.command()
@json_option
@data_dir_option
def plan(as_json: bool, data_dir: Path | None) -> None:
    """Show what `apply` would create, and why it would refuse. Changes nothing."""
    with bootstrap(data_dir) as parts:
        found = parts.migrations.inspect()
    if as_json:
        print_json([each.as_dict() for each in found])
        return
    for each in found:
        for name in each.missing:
            click.echo(f"{each.store}: {name}")
    _print_remarks(found)
    err.print(f"{_missing(found)} changes would be applied" if _missing(found) else "nothing to do")


@migrate.command()
@new_log_option
@json_option
@data_dir_option
def apply(new_log: bool, as_json: bool, data_dir: Path | None) -> None:
    """Apply what is missing. Safe to repeat, while workers run, and concurrently."""
    with bootstrap(data_dir) as parts:
        if not new_log:
            parts.recovery.refuse_a_new_log()
        found = parts.migrations.apply()
    if as_json:
        print_json([{"store": each.store, "made": list(each.missing), "advice": list(each.advice)} for each in found])
        return
    for each in found:
        for name in each.missing:
            click.echo(f"{each.store}: applied {name}")
    _print_remarks(found)
    err.print(f"{_missing(found)} changes were applied" if _missing(found) else "everything was in place")


@migrate.command()
@json_option
@data_dir_option
def status(as_json: bool, data_dir: Path | None) -> None:
    """Show how far each store is. Exits 1 unless all are as this release needs them."""
    with bootstrap(data_dir) as parts:
        found = parts.migrations.inspect()
    if as_json:
        print_json([each.as_dict() for each in found])
    else:
        out.print(_table(found))
        _print_remarks(found)
    refused = sum(len(each.refusals) for each in found)
    if _missing(found) or refused:
        raise VerificationFailed(
            f"{_missing(found)} changes are missing, {refused} are refused: `reviewstream migrate plan`"
        )


def _table(found: Sequence[StoreState]) -> Table:
    table = Table(Column("store", no_wrap=True), "in place", "missing", "newest in place")
    for each in found:
        newest = each.in_place[-1] if each.in_place else ""
        table.add_row(each.store, str(len(each.in_place)), str(len(each.missing)), newest)
    return table


def _print_remarks(found: Sequence[StoreState]) -> None:
    for each in found:
        for remark in (*map(str, each.refusals), *each.advice):
            click.echo(f"{each.store}: {remark}")


def _missing(found: Sequence[StoreState]) -> int:
    return sum(len(each.missing) for each in found)
