"""Settings that a client sends with each query, laid over those it SET for its session.

The engine has session settings only, so a query's settings are SET before it and reset before the first later
query that does not send them. Most clients send the same ones every time: then the engine is not involved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from embedded.gateway.errors import NOT_IMPLEMENTED, UNKNOWN_SETTING, GatewayError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_REFUSED: Final = {
    "readonly": "it could not be reset after the query; use SET readonly = 1 for the whole session",
    "extremes": "extremes are a second result that the gateway does not carry; ask for min() and max()",
}


class QuerySettings:
    """`run` executes a SET statement; `base` are the session's own settings, as SQL literals."""

    def __init__(self, run: Callable[[str], object], base: Mapping[str, str]) -> None:
        self._run = run
        self._base = dict(base)
        self._applied: dict[str, str] = {}

    def remember(self, assignments: Mapping[str, str]) -> None:
        """The session itself SET these: they are what to reset to."""
        self._base.update(assignments)
        for name in assignments:
            self._applied.pop(name, None)

    def apply(self, wanted: Mapping[str, str], important: frozenset[str] = frozenset()) -> None:
        """Make exactly `wanted` (name → SQL literal) hold over the session's settings.

        Unknown names are ignored unless they are in `important`, as ClickHouse does; GatewayError 115 for those.
        """
        for name in wanted:
            _check(name, wanted[name])
        stale = {name: self._base.get(name, "DEFAULT") for name in self._applied if name not in wanted}
        changed = {name: value for name, value in wanted.items() if self._applied.get(name) != value}
        if not stale and not changed:
            return
        try:
            self._set(stale, changed)
        except GatewayError as error:
            if error.code != UNKNOWN_SETTING:
                raise
            self._set_one_by_one(stale, changed, important)

    def _set(self, stale: Mapping[str, str], changed: Mapping[str, str]) -> None:
        """One SET statement: the engine takes all of it or nothing."""
        if assignments := {**stale, **changed}:
            self._run("SET " + ", ".join(f"{name} = {value}" for name, value in assignments.items()))
        for name in stale:
            del self._applied[name]
        self._applied.update(changed)

    def _set_one_by_one(self, stale: Mapping[str, str], changed: Mapping[str, str], important: frozenset[str]) -> None:
        self._set(stale, {})
        for name, value in changed.items():
            try:
                self._set({}, {name: value})
            except GatewayError as error:
                if error.code != UNKNOWN_SETTING or name in important:
                    raise


def literal(value: str) -> str:
    """A SQL string literal."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _check(name: str, value: str) -> None:
    if not _NAME.fullmatch(name):
        raise GatewayError(UNKNOWN_SETTING, "A setting's name must be made of letters, digits, dots and underscores.")
    if name in _REFUSED and value not in {"'0'", "0", "'False'"}:
        raise GatewayError(NOT_IMPLEMENTED, f"The setting {name} cannot be sent with a query: {_REFUSED[name]}.")
