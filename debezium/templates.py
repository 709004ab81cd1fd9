"""Connector configurations as JSON beside this module, with placeholders `%{name}` that are filled at registration."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from string import Template

CLASS = re.compile(r"(?:io\.debezium|org\.apache\.kafka\.connect)(?:\.\w+)+(?:\$\w+)?")


class _Placeholders(Template):
    """Not `$`, which Connect's own placeholders and regular expressions use."""

    delimiter = "%"


def fill(name: str, values: Mapping[str, str]) -> dict[str, str]:
    """The configuration of the connector `name`. Raises KeyError naming a placeholder without a value."""
    return {key: _Placeholders(text).substitute(values) for key, text in _read(name).items()}


def classes(name: str) -> frozenset[str]:
    """The plugins that Connect must have for that template: its connector, converters, transformations, predicates."""
    return frozenset(text for text in _read(name).values() if CLASS.fullmatch(text))


def _read(name: str) -> dict[str, str]:
    template: dict[str, str] = json.loads(files(__package__).joinpath(f"{name}.json").read_text())
    return template
