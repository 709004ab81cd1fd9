"""Our contracts in a schema registry, if one is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from operations.migrate.migratable import StoreState
from operations.schema_registration import register, registration_states

if TYPE_CHECKING:  # its module needs the extra `registry`
    from connectors.schema_registry import SchemaRegistry


class Contracts:
    """Every version of every contract, under its pinned id."""

    name = "schema_registry"

    def __init__(self, registry: SchemaRegistry) -> None:
        self._registry = registry

    def inspect(self) -> StoreState:
        """Which versions are registered."""
        every = [(f"{each.subject} v{each.version}", each.state) for each in registration_states(self._registry)]
        there, missing = ([name for name, state in every if (state == "missing") is gone] for gone in (False, True))
        return StoreState(self.name, there, missing)

    def apply_missing(self) -> None:
        """Register what is missing. Raises InvalidInput if an id is taken by something else."""
        register(self._registry)
