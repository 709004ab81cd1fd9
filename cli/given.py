"""Refusing options that were given and would do nothing, so that no one believes that they did something."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import click
from click.core import ParameterSource

from schemas.errors import InvalidInput

FILTERS = frozenset({
    "tenant", "source", "stage", "reason", "run", "types", "language", "entity", "entity_type", "projection", "publisher", "topic",
    "processing_version", "against", "mapping", "save_mapping", "by",
})  # fmt: skip
"""Parameters that select by a text."""


def refuse_where(condition: bool, names: Collection[str], because: str) -> None:
    """Raises InvalidInput for the first of these parameters that was given, where the condition holds.

    `names` are parameters of the command that runs; `because` says why the option does not apply, and what to do.
    """
    if not condition:
        return
    for param in _given():
        if param.name in names:
            raise InvalidInput(f"{max(param.opts, key=len)}: {because}", field=param.name or "")


def any_given(names: Collection[str]) -> bool:
    """Whether one of these parameters was given, and not left to its default."""
    return any(param.name in names for param in _given())


def refuse_empty() -> None:
    """Raises InvalidInput for a filter that was given without a value, as by a shell variable that is not set.

    It would select everything, or nothing.
    """
    values = click.get_current_context().params
    for param in _given():
        value = values[param.name or ""]
        if param.name in FILTERS and "" in (value if isinstance(value, tuple) else (value,)):
            raise InvalidInput(
                f"{max(param.opts, key=len)}: is empty; give a value, or leave it out", field=param.name or ""
            )


def check_period(since: datetime | None, until: datetime | None) -> None:
    """Raises InvalidInput for a period in which nothing can be."""
    if since is not None and until is not None and until <= since:
        raise InvalidInput("--until: is not after --since, so nothing can be between them", field="until")


def _given() -> list[click.Parameter]:
    context = click.get_current_context()
    return [
        param
        for param in context.command.params
        if context.get_parameter_source(param.name or "") is ParameterSource.COMMANDLINE
    ]
