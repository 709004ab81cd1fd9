"""`settings`: every setting, its value and where it comes from; `settings forget` for what `up` keeps."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from cli.common import data_dir_option, err, json_option, out, print_json
from embedded import control
from reviewstream import kept
from reviewstream.entry import settings_for
from reviewstream.origins import DEFAULT, origins
from reviewstream.settings import PREFIX, data_directory, variable
from schemas.errors import InvalidInput, Unavailable


@click.group(invoke_without_command=True)
@click.option("--all", "every", is_flag=True, help="Also those that have their default.")
@json_option
@data_dir_option
@click.pass_context
def settings(context: click.Context, every: bool, as_json: bool, data_dir: Path | None) -> None:
    """Show settings, and whether each comes from the environment, a file, what `up` kept, or the running stack."""
    if context.invoked_subcommand:
        return
    found = settings_for(data_dir)
    try:
        stack = control.urls(found.data_dir)
    except Unavailable:
        stack = {}
    known = [each for each in origins(found, stack) if every or as_json or each.source != DEFAULT]
    if as_json:
        print_json(known)
        return
    table = Table("setting", "value", "from")
    for each in known:
        table.add_row(each.variable, each.value, each.source)
    out.print(table if known else "every setting has its default; `--all` lists them")


@settings.command()
@click.argument("name")
@data_dir_option
def forget(name: str, data_dir: Path | None) -> None:
    """Forget a setting that `up` kept: the next `up` takes it from its environment, or the default."""
    directory = data_directory(data_dir)  # also where what is kept is wrong
    key = variable(name.upper().removeprefix(PREFIX)).removesuffix(kept.SUFFIX)
    known = kept.read(directory)
    left = {each: value for each, value in known.items() if each.removesuffix(kept.SUFFIX) != key}
    if left == known:
        raise InvalidInput(f"{key} is not kept in {directory}; kept are: {', '.join(known) or 'none'}", field="name")
    kept.write(directory, left)
    err.print(f"{key} is forgotten; what runs keeps it until the next `reviewstream up`")
