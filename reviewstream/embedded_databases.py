"""Databases of the embedded PostgreSQL, whose ordinary login may not create any."""

from __future__ import annotations

from pathlib import Path

from connectors.databases import DATABASES


def provision_database(directory: Path, name: str) -> bool:
    """Have the embedded server that runs on the directory make its missing databases; False where none runs."""
    from embedded import control
    from embedded.datadir import DataDir
    from embedded.postgres import Postgres

    state = control.running(directory)
    if state is None or Postgres.name not in state.units or name not in DATABASES:
        return False
    Postgres(DataDir(directory)).provision()
    return True
