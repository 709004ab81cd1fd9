"""`tenant`: register tenants and change their settings."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Column, Table

from cli.common import bootstrap, data_dir_option, err, json_option, out, print_json
from schemas import strictjson
from schemas.errors import InvalidInput


@click.group()
def tenant() -> None:
    """Register tenants and change their settings."""


@tenant.command()
@click.argument("slug")
@click.option("--name", default="", help="Name to show.")
@click.option("--exist-ok", is_flag=True, help="It is fine if the tenant is registered already.")
@json_option
@data_dir_option
def create(slug: str, name: str, exist_ok: bool, as_json: bool, data_dir: Path | None) -> None:
    """Register a tenant: from then on its reviews are accepted."""
    with bootstrap(data_dir) as parts:
        found = parts.tenants.find(slug) if exist_ok else None
        made = found or parts.tenants.create(slug, name=name)
    if as_json:
        print_json(made)
    else:
        err.print(f"tenant {made.slug} is registered as {made.id}")


@tenant.command("list")
@json_option
@data_dir_option
def list_(as_json: bool, data_dir: Path | None) -> None:
    """List all tenants."""
    with bootstrap(data_dir) as parts:
        tenants = parts.tenants.every()
    if as_json:
        print_json(tenants)
        return
    table = Table(Column("slug", no_wrap=True), "id", "name", "settings")
    for each in tenants:
        table.add_row(each.slug, str(each.id), each.name, str(dict(each.settings)))
    out.print(table)


@tenant.command()
@click.argument("slug")
@click.argument("settings")
@data_dir_option
def configure(slug: str, settings: str, data_dir: Path | None) -> None:
    """Replace a tenant's settings by a JSON object, for example '{"notify": {"rating_at_most": 1}}'."""
    value = strictjson.loads(settings)
    if not isinstance(value, dict):
        raise InvalidInput("settings: send a JSON object", field="settings")
    with bootstrap(data_dir) as parts:
        parts.tenants.change_settings(slug, value)
    err.print(f"settings of {slug} are changed")
