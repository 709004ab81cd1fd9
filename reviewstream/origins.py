"""Where each setting comes from, and what may be shown of it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from reviewstream import kept
from reviewstream.settings import Settings, variable

SCHEME = re.compile(r"[a-z][a-z0-9+_.-]*")
DEFAULT, KEPT, ENVIRONMENT, STACK = "default", "kept", "environment", "running stack"


@dataclass(frozen=True, slots=True)
class Origin:
    """A setting by its variable, with its value as it may be shown, and where it comes from."""

    variable: str
    value: str
    source: str


def origins(settings: Settings, stack: Mapping[str, str]) -> list[Origin]:
    """Of every setting; `stack` are the variables that the running stack fills in."""
    known = kept.read(settings.data_dir)
    return [_origin(name, settings, known, stack) for name in Settings.model_fields]


def defaults() -> dict[str, str]:
    """The default of every variable as text."""
    fields = {variable(name): field.default for name, field in Settings.model_fields.items()}
    return {name: "" if default is None else str(default) for name, default in fields.items()}


def secret() -> set[str]:
    """The variables whose values are not shown."""
    fields = Settings.model_fields.items()
    return {variable(name) for name, field in fields if "SecretStr" in str(field.annotation)}


def _origin(name: str, settings: Settings, known: Mapping[str, str], stack: Mapping[str, str]) -> Origin:
    key, value = variable(name), getattr(settings, name)
    file = key + kept.SUFFIX
    source = DEFAULT
    if key in os.environ:
        source = ENVIRONMENT
    elif file in os.environ:
        source = f"file {os.environ[file]}"
    elif key in known:
        source = KEPT
    elif file in known:
        source = f"{KEPT}: file {known[file]}"
    elif key in stack:
        value, source = SecretStr(stack[key]) if key in secret() else stack[key], STACK
    return Origin(key, _shown(value), source)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return masked(value.get_secret_value())
    return str(value.absolute()) if isinstance(value, Path) else str(value)


def masked(secret_value: str) -> str:
    """Of a URL what leads to the server, without account and parameters; of any other secret nothing."""
    scheme, there, rest = secret_value.partition("://")
    place, asked, query = rest.partition("?")
    if not (there and SCHEME.fullmatch(scheme)):
        return "***"
    if "@" in query:  # of a parameter, or of an account with a question mark in it
        return f"{scheme}://***"
    _, at, host = place.rpartition("@")
    return f"{scheme}://{'***@' if at else ''}{host}{'?***' if asked else ''}"
