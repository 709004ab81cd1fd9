"""The tables that the steps work with."""

from __future__ import annotations

from connectors.migrations import migrate
from eventstore.statements import MIGRATIONS as EVENTSTORE
from services.dead_letters.repository import MIGRATIONS as LETTERS
from services.inbound.ledger import MIGRATIONS as INBOUND
from services.tenancy.tenants import MIGRATIONS as TENANCY
from tests.databases import create, name_of


def migrated(server: str) -> str:
    """The name of a new database with the tables of event log, ledger, dead letters and tenancy, to be copied."""
    url = create(server)
    for migrations in (EVENTSTORE, INBOUND, LETTERS, TENANCY):
        migrate(url, migrations)
    return name_of(url)
