"""Negations whose apostrophe was lost or became another key: "wasn t", "wasn`t". The one part of reading that looks at plain ASCII."""

from __future__ import annotations

import re

from nlp.reading.edits import Edit

_CLIPPED = re.compile(
    r"\b(?:ain|aren|can|couldn|didn|doesn|don|hadn|hasn|haven|isn|mightn|mustn|needn|shouldn|wasn|weren|won|wouldn)(?P<gap> )t\b(?!-)"
    r"|(?<=[a-z])(?P<key>`)(?=[a-z])",
    re.IGNORECASE,
)


def edits_of_clipped(text: str) -> list[Edit]:
    """The edits that put an apostrophe where one was meant."""
    if "`" not in text and "n t" not in text and "N T" not in text:
        return []
    return [Edit(*found.span("gap" if found["gap"] else "key"), "'") for found in _CLIPPED.finditer(text)]
