"""What speaks against sending a file, or should be known before."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing: what it is and the option that mends it. `refuses`: a file with it is not sent without --yes."""

    field: str
    text: str
    refuses: bool = False
