"""`urls`: where the servers are that the commands use, for other programs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import click

from cli.common import data_dir_option, err
from connectors.kafka_url import parse
from embedded import control
from reviewstream.entry import settings_for
from reviewstream.settings import Settings, variable
from schemas.errors import InvalidInput, Unavailable

SECRET = re.compile(r":[^:/@]+@")
LOGIN = "REVIEWSTREAM_CDC_LOGIN"
NAMES = tuple(name.removesuffix("_url") for name in Settings.model_fields if name.endswith("_url"))


@click.command()
@click.option("--show-secrets", is_flag=True, help="Also print passwords.")
@click.option("--for", "name", metavar="NAME", help=f"Only the value that a client of it takes: {', '.join(NAMES)}.")
@data_dir_option
def urls(show_secrets: bool, name: str | None, data_dir: Path | None) -> None:
    """Print the URL settings of the servers in use, one `NAME=value` a line, for use by other programs.

    `--for kafka` prints `host:port` as Kafka's clients take it, `--for` any other its URL with its password.
    """
    found = settings_for(data_dir)
    if name is not None:
        click.echo(_for_a_client(name, found))
        return
    known = _in_use(found)
    for each, value in known.items():
        click.echo(f"{each}={value if show_secrets else _masked(each, value)}")
    if not show_secrets and any(_masked(each, value) != value for each, value in known.items()):
        err.print("passwords are masked: --show-secrets prints the values as programs need them")


def _in_use(settings: Settings) -> Mapping[str, str]:
    """The running stack's, and those set; only what Settings knows, since another release may have started the stack."""
    try:
        stack = control.urls(settings.data_dir)
    except Unavailable:
        stack = {}
    of_settings = {variable(f"{name}_url"): getattr(settings, f"{name}_url") for name in NAMES}
    given = {name: url.get_secret_value() for name, url in of_settings.items() if url is not None}
    if not (stack or given):
        return control.urls(settings.data_dir)
    fields = map(variable, Settings.model_fields)
    return {name: value for name in fields if (value := given.get(name) or stack.get(name))}


def _for_a_client(name: str, settings: Settings) -> str:
    if name not in NAMES:
        raise InvalidInput(f"--for {name}: there is no such server; choose from {', '.join(NAMES)}", field="for")
    value = _in_use(settings).get(variable(f"{name}_url"))
    if value is None:
        raise Unavailable(f"no {name} is in use; start it with `reviewstream up`, or set {variable(f'{name}_url')}")
    return parse(value).servers if name == "kafka" else value


def _masked(name: str, value: str) -> str:
    return f"{value.partition(':')[0]}:***" if name == LOGIN else SECRET.sub(":***@", value)
