"""`schemas`: the contracts: list them, check that they stay readable, register them in a schema registry."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.table import Column, Table

from cli.common import bootstrap, data_dir_option, err, json_option, out, print_json
from operations.schema_registration import Registration, register, registration_states, subjects
from schemas.errors import VerificationFailed
from schemas.registry import contracts, newest
from schemas.tools.compatibility import check


@click.group()
def schemas() -> None:
    """The contracts of events and messages: list, check, register."""


@schemas.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List every version of every contract with its pinned id and its subject in a registry."""
    rows: list[dict[str, Any]] = [
        {"id": each.id, "contract": each.topic, "version": each.version, "newest": each is newest(each.topic),
         "subjects": subjects(each)}
        for each in contracts().values()
    ]  # fmt: skip
    if as_json:
        print_json(rows)
        return
    table = Table("id", Column("contract", no_wrap=True), "version", "subject")
    for row in rows:
        version = f"{row['version']}" if row["newest"] else f"{row['version']} (old)"
        table.add_row(str(row["id"]), str(row["contract"]), version, ", ".join(map(str, row["subjects"])))
    out.print(table)


@schemas.command("check")
@json_option
@data_dir_option
def check_(as_json: bool, data_dir: Path | None) -> None:
    """Check that every version reads all earlier ones, and that a registry, if one is set, has them. Exits 1 if not."""
    broken = check()
    with bootstrap(data_dir) as parts:
        registrations = registration_states(parts.registry) if parts.settings.schema_registry_url else []
    missing = [each for each in registrations if each.state == "missing"]
    if as_json:
        print_json({"violations": broken, "registry": registrations})
    else:
        for violation in broken:
            click.echo(str(violation))
        for each in missing:
            click.echo(f"{each.contract}: not registered as {each.subject} v{each.version} under id {each.id}")
    if broken or missing:
        raise VerificationFailed(f"{len(broken)} rules broken, {len(missing)} not registered")
    err.print(
        f"{len(contracts())} contracts read all earlier versions" + (", and are registered" if registrations else "")
    )


@schemas.command("register")
@click.option("--dry-run", is_flag=True, help="Show what is missing, and register nothing.")
@json_option
@data_dir_option
def register_(dry_run: bool, as_json: bool, data_dir: Path | None) -> None:
    """Register every contract in the registry of REVIEWSTREAM_SCHEMA_REGISTRY_URL, under its pinned id."""
    with bootstrap(data_dir) as parts, err.status("asking the schema registry"):
        done = registration_states(parts.registry) if dry_run else register(parts.registry)
    if as_json:
        print_json(done)
    else:
        out.print(_table(done))


def _table(done: Sequence[Registration]) -> Any:
    table = Table("id", Column("contract", no_wrap=True), "state", "version", "subject")
    for each in done:
        table.add_row(str(each.id), each.contract, each.state, str(each.version), each.subject)
    return table
