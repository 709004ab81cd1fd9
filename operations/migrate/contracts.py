"""Our contracts in a schema registry, if one is named."""

from __future__ import annotations

from operations.migrate.migratable import Look
from operations.schema_registration import register, standing
from reviewstream.bootstrap import Bootstrap


class Contracts:
    """Every version of every contract, under its pinned id."""

    name = "schema_registry"

    def __init__(self, parts: Bootstrap) -> None:
        self._parts = parts

    def look(self) -> Look:
        """Which are registered."""
        every = [(f"{each.subject} v{each.version}", each.state) for each in standing(self._parts.registry)]
        there, missing = ([name for name, state in every if (state == "missing") is gone] for gone in (False, True))
        return Look(self.name, there, missing)

    def bring_up(self) -> None:
        """Register what is missing. An id that is taken by something else is an error."""
        register(self._parts.registry)
