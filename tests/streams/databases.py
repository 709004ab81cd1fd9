"""The tables that the steps work with."""

from __future__ import annotations

from connectors.databases import scripts_of
from connectors.migrations import migrate
from tests.databases import create, name_of


def migrated(server: str) -> str:
    """The name of a new database with the tables of event log, ledger, dead letters and tenancy, to be copied."""
    url = create(server)
    for package in ("eventstore", "services.inbound", "services.dead_letters", "services.tenancy"):
        migrate(url, scripts_of(package))
    return name_of(url)
