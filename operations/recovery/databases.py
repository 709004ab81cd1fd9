"""The databases themselves, where a server lost one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from operations.recovery.recoverable import Loss
from projections.lost import database_exists
from schemas.errors import Unavailable

MAINTENANCE = "postgres"
"""The database that every server has."""
REBUILT = {
    "readmodels": "created, and every read model is built again from the event log, the table of dead letters from its topic"
}
GONE = {
    "eventstore": "every event that was not backed up, and what was validated and counted",
    "readmodels": "which dead letters were replayed or discarded, by whom and why: all of them are open again",
    "tenancy": "the registered tenants: their ids are in the event log, their names and settings are not",
}


class LostDatabases:
    """The databases that their servers do not have. `create` may make one by a login that is allowed to, and says whether."""

    def __init__(self, urls: Mapping[str, str], create: Callable[[str], bool]) -> None:
        self._urls, self._create = urls, create

    def inspect(self) -> Sequence[Loss]:
        """One for each; final for those that nothing can be built into."""
        return [
            Loss(name, f"the database {_name(url)} is gone", REBUILT.get(name, ""), GONE.get(name, "what it held"))
            for name, url in self._urls.items()
            if not database_exists(url)
        ]

    def rebuild(self) -> Sequence[str]:
        """Make them, empty. Raises Unavailable with the statement where no login may."""
        done = []
        for name, url in self._urls.items():
            if not database_exists(url):
                if not self._create(name):
                    _make(name, url)
                done.append(f"{name}: the database {_name(url)} was created")
        return done


def _make(name: str, url: str) -> None:
    try:
        with psycopg.connect(make_conninfo(url, dbname=MAINTENANCE), autocommit=True, connect_timeout=5) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_name(url))))
    except psycopg.errors.DuplicateDatabase:
        pass
    except psycopg.Error as error:
        owner = conninfo_to_dict(url).get("user")
        raise Unavailable(
            f"the database {_name(url)} of {name} is gone, and this login may not create it: as an administrator of that "
            f"server run `CREATE DATABASE {_name(url)} OWNER {owner}`, then try again"
        ) from error


def _name(url: str) -> str:
    return str(conninfo_to_dict(url)["dbname"])
