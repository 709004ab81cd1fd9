"""Asks servers for parts of a status, and continues without the one that does not answer: what is unknown is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from telemetry.error_text import plain_text

T = TypeVar("T")


class Ask(Protocol):
    """Answers for `fields` of the status, whose names are separated by spaces, by asking `servers`."""

    def __call__(self, fields: str, servers: str, call: Callable[[], T], otherwise: T) -> T:
        """What `call` answers, or `otherwise` where it is unknown."""
        ...


def strictly(fields: str, servers: str, call: Callable[[], T], otherwise: T) -> T:
    """Raises what the call raises: unknown is not the same as nothing."""
    del fields, servers, otherwise
    return call()


class AskAround:
    """Asks each server whether it answers before it waits for one; and none twice that did not.

    `ping(name)` raises when the server of that name does not answer.
    """

    def __init__(self, ping: Callable[[str], object]) -> None:
        self._ping = ping
        self._answered: set[str] = set()
        self.silent: dict[str, str] = {}
        """Servers that did not answer, with the reason."""
        self.unknown: set[str] = set()
        """Fields of the status that no one could answer for."""

    def __call__(self, fields: str, servers: str, call: Callable[[], T], otherwise: T) -> T:
        """See `Ask`."""
        if all(map(self._answers, servers.split())):
            try:
                return call()
            except Exception as error:  # noqa: BLE001 - whatever a driver raises: the other parts can still be shown
                self.silent.setdefault(servers.split(maxsplit=1)[0], plain_text(error))
        self.unknown.update(fields.split())
        return otherwise

    def _answers(self, server: str) -> bool:
        if server in self._answered or server in self.silent:
            return server not in self.silent
        try:
            self._ping(server)
        except Exception as error:  # noqa: BLE001 - the same
            self.silent[server] = plain_text(error)
        else:
            self._answered.add(server)
        return server not in self.silent
