"""Migrations of the installation that the settings name, for callers outside of cli/."""

from __future__ import annotations

from operations.migrate.migratable import StoreState
from reviewstream.bootstrap import Bootstrap
from reviewstream.settings import Settings


def inspect(settings: Settings) -> list[StoreState]:
    """See operations.migrate.run.Migrations.inspect."""
    with Bootstrap(settings, process="setup") as parts:
        return parts.migrations.inspect()


def apply(settings: Settings) -> list[StoreState]:
    """See operations.migrate.run.Migrations.apply."""
    with Bootstrap(settings, process="setup") as parts:
        return parts.migrations.apply()
