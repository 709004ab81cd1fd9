"""`restart NAME...`: servers and workers of the running stack, one after the other."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from cli.common import data_dir_option, err, json_option, out, print_json
from embedded.ready import READY_FILE
from embedded.restart import restart as restart_units
from reviewstream.entry import settings_for
from reviewstream.settings import PREFIX

OURS = {f"{PREFIX}DATA_DIR", READY_FILE}
"""Not passed on: the supervisor decides them."""


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@json_option
@data_dir_option
def restart(names: tuple[str, ...], as_json: bool, data_dir: Path | None) -> None:
    """Restart servers or workers of the running stack by name, and wait until they are ready again.

    Whether it runs in the foreground or detached. Workers get the settings (REVIEWSTREAM_...) that are in the environment of
    this command, besides those that they have. URLs of servers that the stack runs stay as they are.
    """
    settings = passed_on(os.environ)
    directory = settings_for(data_dir).data_dir
    with err.status("restarting") as status:
        pids = restart_units(directory, names, env=settings, on_progress=_say(status.update))
    if as_json:
        print_json({"restarted": pids, "settings": sorted(settings)})
        return
    given = f"; workers were given {', '.join(sorted(settings))}" if settings else ""
    out.print(f"ready: {', '.join(f'{name} (process {pid})' for name, pid in pids.items())}{given}", soft_wrap=True)


def passed_on(env: Mapping[str, str]) -> dict[str, str]:
    """The settings in an environment that a worker is given."""
    return {name: value for name, value in env.items() if name.startswith(PREFIX) and name not in OURS}


def _say(update: Callable[[str], None]) -> Callable[[str, str], None]:
    return lambda name, text: update(f"{name}: {text}")
