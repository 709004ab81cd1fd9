"""A library that logs and warns in every way there is, bad ones too: what its message should come to, and how it is made."""
# ruff: noqa: FLY002, G001, G002, G003, LOG001, PLW0108, UP030, UP031, UP032

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable

from telemetry.foreign import foreign_message
from telemetry.literals import MASK


class Kept(logging.Handler):
    """What each record comes to, while the code that logged it is still being run."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(foreign_message(record))


KEPT = Kept()
log = logging.Logger("some.library")
log.addHandler(KEPT)


def hand_on(message: str) -> None:
    log.error(message)


def later(text: str) -> None:
    message = f"about {text}, for one"
    log.error(message)


def changed(text: str) -> None:
    message = "about "
    message += text
    log.error(message)


LOGGED: dict[str, Callable[[str], None]] = {
    MASK: lambda text: log.warning(text),
    "x ***": lambda text: log.warning("x " + text),
    "*** x": lambda text: log.warning(text + " x"),
    "*** 3": lambda text: log.warning(text + " %s", 3),
    "see *** there": lambda text: log.warning(f"see {text} there"),
    "seen ***": lambda text: log.warning("seen %s" % text),
    "100% of ***": lambda text: log.warning("100%% of %-5.3s" % text),
    "noted ***": lambda text: log.warning("noted {0!r}".format(text)),
    "told ***": lambda text: log.warning("told %s", text),
    "told: ***": lambda text: log.warning("told: %(it)r", {"it": text}),
    "failed: ValueError, 3": lambda text: log.warning("failed: %r, %d", ValueError(text), 3),
    "%d wrong": lambda text: log.warning("%d wrong", text),
    "about ***, for one": later,
    "handed on": lambda text: hand_on("handed on"),
    "KeyError": lambda text: log.warning(KeyError(text)),
    "either": lambda text: log.warning("either" if text is not None else "or"),
}
HIDDEN: dict[str, Callable[[str], None]] = {
    "handed on": hand_on,
    "changed": changed,
    "joined": lambda text: log.warning(" ".join(("a", text))),
    "level first": lambda text: log.log(logging.ERROR, text),
    "evaluated": lambda text: eval(
        compile("log.warning(text)", text.replace("\0", ""), "exec"), {"log": log, "text": text}
    ),
}


def warn_for_the_caller(message: str) -> None:
    warnings.warn(message, DeprecationWarning, stacklevel=2)


WARNED: dict[str, Callable[[str], None]] = {
    "UserWarning: constant": lambda text: warnings.warn("constant", stacklevel=1),
    "UserWarning: bad ***": lambda text: warnings.warn(f"bad {text}", stacklevel=1),
    "UserWarning: ***": lambda text: warnings.warn(text, stacklevel=1),
    "FutureWarning: soon": lambda text: warnings.warn(FutureWarning("soon"), stacklevel=1),
    "DeprecationWarning: it is old": lambda text: warn_for_the_caller("it is old"),
    "DeprecationWarning: ***": lambda text: warn_for_the_caller(text),
    "ResourceWarning: ***": lambda text: warnings.warn_explicit(text, ResourceWarning, text, 5),
}
