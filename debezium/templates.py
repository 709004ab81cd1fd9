"""Connector configurations as JSON beside this module, with blanks `%{name}` that are filled at registration."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from string import Template


class _Blanks(Template):
    """Not `$`: Connect's own placeholders and groups of patterns have that."""

    delimiter = "%"


def fill(name: str, values: Mapping[str, str]) -> dict[str, str]:
    """The configuration of the connector `name`. Raises KeyError naming a blank that has no value."""
    template: dict[str, str] = json.loads(files(__package__).joinpath(f"{name}.json").read_text())
    return {key: _Blanks(text).substitute(values) for key, text in template.items()}
