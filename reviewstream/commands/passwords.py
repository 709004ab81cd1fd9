"""`rotate-passwords`: new passwords for the embedded servers."""

from __future__ import annotations

from pathlib import Path

import click

from cli.common import data_dir_option, err
from embedded import control
from embedded.datadir import DataDir
from reviewstream.entry import settings_for
from schemas.errors import InvalidInput, NotAllowed


@click.command("rotate-passwords")
@data_dir_option
def rotate_passwords(data_dir: Path | None) -> None:
    """Have the embedded servers get new passwords at the next `up`. The stack must be stopped."""
    directory = settings_for(data_dir).data_dir
    if (pid := control.holder(directory)) is not None:
        raise NotAllowed(f"{directory} is in use by process {pid}: stop it with `reviewstream down` first")
    if not (directory / "secrets.json").exists():
        raise InvalidInput(f"{directory} has no passwords: it was never started", field="data_dir")
    DataDir(directory).forget_secrets()
    err.print(
        "the next `reviewstream up` chooses new passwords, and `reviewstream urls --show-secrets` shows them",
        soft_wrap=True,
    )
