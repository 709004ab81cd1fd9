"""PostgreSQL databases with numbered migrations, which are never undone."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from connectors import databases
from connectors.migrations import applied, known, migrate
from operations.migrate.migratable import StoreState
from schemas.errors import NewerStore

DATABASES: dict[str, tuple[Path, ...]] = {each.name: each.scripts for each in databases.DATABASES.values()}
"""Name of the database in the settings: where its migrations lie."""


class Database:
    """One database with the migrations of everything that lives in it."""

    def __init__(self, name: str, url: str, scripts: Sequence[Path]) -> None:
        self.name, self._url, self._scripts = name, url, scripts

    def inspect(self) -> StoreState:
        """Which migrations it has and lacks; refuses a database with migrations of a newer release."""
        has = applied(self._url)
        ours = [each for scripts in self._scripts for each in known(scripts)]
        newer = [each for each in has if each not in every_migration()]
        refusals = [self._newer(newer, ours)] if newer else []
        return StoreState(self.name, [e for e in ours if e in has], [e for e in ours if e not in has], refusals)

    def apply_missing(self) -> None:
        """Apply what is missing."""
        for scripts in self._scripts:
            migrate(self._url, scripts)

    def _newer(self, newer: Sequence[str], ours: Sequence[str]) -> NewerStore:
        return NewerStore(
            f"the database {self.name} is of a newer release: it has the migration {newer[-1]}, and reviewstream "
            f"{version('reviewstream')} knows them up to {ours[-1]}; run the release that migrated it, or restore an earlier backup"
        )


def every_migration() -> set[str]:
    """All that this release knows: an operator may use one database for several of ours."""
    return {each for scripts in DATABASES.values() for one in scripts for each in known(one)}
