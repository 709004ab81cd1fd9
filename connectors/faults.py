"""What an external system's error means for the work at hand, in one table per connector."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Fault(Enum):
    """What to do about an error."""

    TRANSIENT = "transient"
    """Retry: the same call may succeed later."""
    POISON = "poison"
    """This content is not accepted; its review fails, and the others continue."""
    PERMANENT = "permanent"
    """Refused for another reason that a retry cannot change; the review's step has failed."""
    FATAL = "fatal"
    """Credentials, rights, configuration, missing tables: no review is at fault, and the process ends."""


def _no_codes(error: BaseException) -> Iterable[object]:
    del error
    return ()


@dataclass(frozen=True)
class Faults:
    """The errors of one system, by class and by the server's code; codes take precedence, then the most specific class."""

    classes: Mapping[type[Exception], Fault]
    codes: Mapping[Any, Fault] = field(default_factory=dict)
    codes_of: Callable[[Any], Iterable[object]] = _no_codes

    def of(self, error: BaseException) -> Fault | None:
        """What the error means; None for another system's error."""
        nearest = next((self.classes[kind] for kind in type(error).__mro__ if kind in self.classes), None)
        if nearest is None:
            return None
        return next((self.codes[code] for code in self.codes_of(error) if code in self.codes), nearest)

    def named(self, fault: Fault) -> tuple[type[Exception], ...]:
        """The classes that mean this, for an except clause; their subclasses may mean something else."""
        return tuple(kind for kind, meaning in self.classes.items() if meaning is fault)


def by_code(table: Mapping[Fault, Iterable[Any]]) -> dict[Any, Fault]:
    """Inverts a table of codes by meaning."""
    return {code: fault for fault, codes in table.items() for code in codes}
