"""Where sentences are, in any script: at the marks that end them and at line breaks.

A longer run without any is cut, at a blank where there is one, so that nothing an encoder is given is longer than it
reads. "Mr. Smith", "e.g. this", "3.5" and "www.example.com" are no ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlp.model import Span

LONGEST = 300
"""Characters of a sentence; what is longer becomes several."""
# Each alternative begins where its run begins, or a run of many marks or blanks would be tried from each of them.
_END = re.compile(
    r"(?<![.!?…])(?:(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bSt)(?<!\bMrs)(?<!\bvs)(?<!\betc)(?<!\be\.g)(?<!\bi\.e)(?<!\bNo)\.|[!?…])"
    r"[.!?…]*[\"'\u201d\u2019)\]]*\s+"  # marks, what closes after them, and blanks: "3.5" has none
    r"|(?<![。！？｡])[。！？｡]+[」』）]*"  # noqa: RUF001  # scripts without blanks
    r"|(?<!\s)\s*[\r\n]\s*"
)
_FIRST, _LAST = 4, 4


def sentences_of(text: str) -> list[Span]:
    """All sentences with a letter or sign in them, in order; none for a text of blanks. Linear in its length."""
    spans: list[Span] = []
    start = 0
    for end in _END.finditer(text):
        spans += _pieces(text, start, end.end())
        start = end.end()
    return spans + _pieces(text, start, len(text))


def _pieces(text: str, start: int, end: int) -> list[Span]:
    """Without blanks around, in pieces of at most LONGEST."""
    found = []
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > LONGEST:
        cut = text.rfind(" ", start + LONGEST // 2, start + LONGEST) + 1 or start + LONGEST
        found.append(Span(start, start + len(text[start:cut].rstrip())))
        start = cut
    return [*found, Span(start, end)] if end > start else found


def that_matter(weights: Sequence[float], limit: int) -> list[int]:
    """Which of very many sentences are read: the first and last four, where reviews say what they are about and what they conclude,
    and of the rest those with the largest `weights`, earlier ones first; indices in order.
    """
    if len(weights) <= limit:
        return list(range(len(weights)))
    kept = {*range(min(_FIRST, limit)), *range(len(weights) - min(_LAST, max(limit - _FIRST, 0)), len(weights))}
    rest = sorted((i for i in range(len(weights)) if i not in kept), key=lambda i: (-weights[i], i))
    return sorted(kept | set(rest[: limit - len(kept)]))
