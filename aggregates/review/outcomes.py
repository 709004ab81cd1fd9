"""What a channel says of one notification: delivered, to be tried again later, or given up.

Reasons are stable words for programs. Texts are for people; they are kept in the history and shown, so whatever looks
like a URL or an address is taken out of them, and they are cut.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

WORD = re.compile(r"[a-z][a-z0-9_]{0,39}")
LONGEST_TEXT = 200
_ADDRESSES = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+|\S+@\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Delivered:
    """The other side confirmed it."""


@dataclass(frozen=True, slots=True)
class RetryLater:
    """Not confirmed, and trying again may help; the other side may have said not to before `not_before` (with a zone)."""

    reason: str
    text: str = ""
    not_before: datetime | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for a reason that is no word, and for a time without a zone."""
        object.__setattr__(self, "text", _checked(self.reason, self.text))
        if self.not_before is not None and self.not_before.tzinfo is None:
            raise ValueError("not_before: has no zone; give a time in UTC")


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Not confirmed, and trying again cannot help."""

    reason: str
    text: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError for a reason that is no word."""
        object.__setattr__(self, "text", _checked(self.reason, self.text))


Outcome: TypeAlias = Delivered | RetryLater | GivenUp


def _checked(reason: str, text: str) -> str:
    if WORD.fullmatch(reason) is None:
        raise ValueError("reason: is no stable word; write a-z, 0-9 and _, at most 40, for example timed_out")
    return _ADDRESSES.sub("***", text)[:LONGEST_TEXT]
