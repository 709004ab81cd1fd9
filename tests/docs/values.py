"""What stands for a reader's own things on the pages, and what it is on the stack on which they are run."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.docs.library import BLUE_HARBOUR, Library

PLACEHOLDER = re.compile(r"(?<![\w$./-])[A-Z]{2,}(?:_[A-Z]+)*(?![\w=./-])")
"""A word in capitals that is no variable, such as REVIEW_ID."""
BROKER = "127.0.0.1:9092"

VALUES: dict[str, Callable[[Library], str]] = {
    "REVIEW_ID": lambda library: library.negative_review()["review_id"],
    "REVIEW": lambda library: library.negative_review()["external_id"],
    "ID": lambda library: library.dead_letter()["dead_letter_id"],
    "RUN": lambda library: library.dead_letter(BLUE_HARBOUR)["run_id"],
    BROKER: lambda library: library.broker(),
}


def unknown(command: str) -> set[str]:
    """The placeholders in a command that have no value."""
    return set(PLACEHOLDER.findall(command)) - VALUES.keys()


def filled(command: str, library: Library) -> str:
    """A command with what its placeholders stand for."""
    return PLACEHOLDER.sub(lambda found: VALUES[found[0]](library), command)


def addressed(code: str, library: Library) -> str:
    """A program with the stack's address."""
    return code.replace(BROKER, VALUES[BROKER](library)) if BROKER in code else code
