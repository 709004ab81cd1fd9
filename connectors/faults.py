"""What an error of an outside system means for the work at hand: one table a connector says it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Fault(Enum):
    """What to do about an error."""

    TRANSIENT = "transient"
    """Try again: the same call may succeed later."""
    POISON = "poison"
    """This content cannot be taken; its review is to blame, and the others go on."""
    PERMANENT = "permanent"
    """Refused for another reason that trying again cannot change; the review's step has failed."""
    FATAL = "fatal"
    """Credentials, rights, configuration, missing tables: no review is to blame, and the process ends."""


def _no_codes(error: BaseException) -> Iterable[object]:
    del error
    return ()


@dataclass(frozen=True)
class Faults:
    """The errors of one system, by class and by the code that the server sent; the nearest class counts, codes first."""

    classes: Mapping[type[Exception], Fault]
    codes: Mapping[Any, Fault] = field(default_factory=dict)
    codes_of: Callable[[Any], Iterable[object]] = _no_codes

    def of(self, error: BaseException) -> Fault | None:
        """What the error means; None for one that is not of this system."""
        nearest = next((self.classes[kind] for kind in type(error).__mro__ if kind in self.classes), None)
        if nearest is None:
            return None
        return next((self.codes[code] for code in self.codes_of(error) if code in self.codes), nearest)

    def named(self, fault: Fault) -> tuple[type[Exception], ...]:
        """The classes that mean this, for an except clause; their subclasses may mean something else."""
        return tuple(kind for kind, meaning in self.classes.items() if meaning is fault)


def by_code(table: Mapping[Fault, Iterable[Any]]) -> dict[Any, Fault]:
    """Codes listed by what they mean, turned round."""
    return {code: fault for fault, codes in table.items() for code in codes}
