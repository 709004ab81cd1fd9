"""The one registry of our PostgreSQL databases: settings, migrations, the embedded server, `up`, doctor, health checks and
connection pools read it, and a test compares docker-compose.yml and deploy/ with it.

A further database is one more line; docs/extending.md has what else belongs to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Database:
    """One database. `description` is that of its setting.

    `migrations` names the packages whose directory `migrations` belongs to it, as text: their rooms are above this one.
    `connections` is how many a process opens at most.
    """

    name: str
    description: str
    migrations: tuple[str, ...]
    connections: int = 4

    @property
    def variable(self) -> str:
        """The setting that names it, for example `REVIEWSTREAM_READMODELS_URL`."""
        return f"REVIEWSTREAM_{self.name.upper()}_URL"

    @property
    def scripts(self) -> tuple[Path, ...]:
        """The directories of its migrations. Raises ModuleNotFoundError for a package that is not there."""
        return tuple(map(scripts_of, self.migrations))


def scripts_of(package: str) -> Path:
    """The directory of the migrations of a package, for `migrate` of `connectors.migrations`."""
    return Path(str(files(package).joinpath("migrations")))


DATABASES: Mapping[str, Database] = {
    each.name: each
    for each in (
        Database(
            "eventstore",
            "PostgreSQL database of the event log, `postgresql://…`.",
            migrations=("eventstore", "services.inbound"),
            connections=8,
        ),
        Database(
            "readmodels",
            "PostgreSQL database of the read models.",
            migrations=("projections", "services.dead_letters"),
            connections=8,
        ),
        Database(
            "tenancy",
            "PostgreSQL database of the tenancy service.",
            migrations=("services.tenancy",),
            connections=2,
        ),
    )
}
"""By name, in the order in which they are shown and migrated."""
