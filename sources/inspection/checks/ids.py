"""Ids that are not one review's: then reviews would replace each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from aggregates.review.draft import Draft
from sources.inspection.findings import Finding
from sources.inspection.looked import Looked

_FEW = 0.01  # of the rows: somebody may have changed a name between two edits
_FEWEST = 2
_NUMBERED = 20  # rows: fewer may be numbered by chance


def check(looked: Looked) -> Iterator[Finding]:
    """Shortened ids, ids with several authors or dates, ids that count rows, and rows that say the same."""
    column = looked.column("external_id")
    shortened = next((error for _, error in looked.refused if error.field == "external_id"), None)
    if shortened is not None:
        yield Finding("external_id", f"{shortened.error}, or publish without it: --map external_id=", refuses=True)
    by_id: dict[tuple[str, str], list[Draft]] = defaultdict(list)
    for draft in looked.drafts:
        by_id[draft.source, draft.external_id].append(draft)
    repeated = [drafts for drafts in by_id.values() if len(drafts) > 1]
    if "external_id" not in looked.columns:
        yield from _same_words(looked, repeated)
        return
    yield from _conflicts(looked, repeated, column)
    if _are_row_numbers([draft.external_id for draft in looked.drafts]):
        yield Finding(
            "external_id",
            f"{column} counts the rows: rows of another file with the same numbers and source would replace these; "
            "use a --source of its own for each file, or publish without it: --map external_id=",
        )


def _conflicts(looked: Looked, repeated: Sequence[Sequence[Draft]], column: str) -> Iterator[Finding]:
    known = {_author(draft) for draft in looked.drafts} - {None}
    by_author = len(known) > 1
    differing = [drafts for drafts in repeated if len({_whose(draft, by_author=by_author) for draft in drafts}) > 1]
    rows = sum(map(len, differing))
    what = "authors" if by_author else "dates"
    if rows >= max(_FEWEST, len(looked.drafts) * _FEW):
        yield Finding(
            "external_id",
            f"{column} is not one review's: {rows} of {len(looked.drafts)} rows share an id with rows of other {what}, and would "
            "replace each other; name the review's own id with --map external_id=COLUMN, or publish without: --map external_id=",
            refuses=True,
        )
    edits = sum(len(drafts) - 1 for drafts in repeated) - sum(len(drafts) - 1 for drafts in differing)
    if edits:
        yield Finding("external_id", f"{edits} rows repeat the {column} of an earlier row: the last one of each counts")


def _same_words(looked: Looked, repeated: Sequence[Sequence[Draft]]) -> Iterator[Finding]:
    same = sum(len(drafts) - 1 for drafts in repeated)
    if same:
        yield Finding(
            "external_id",
            f"{same} of {len(looked.drafts)} rows say the same as an earlier row, by the same author at the same time, and have no "
            "id that tells them apart: each such group counts as one review",
        )


def _author(draft: Draft) -> object:
    return None if draft.author is None else draft.author.id or draft.author.name


def _whose(draft: Draft, *, by_author: bool) -> object:
    """An edit changes the time, too; so that counts only where authors do not tell reviews apart."""
    return _author(draft) if by_author else draft.published_at


def _are_row_numbers(ids: Sequence[str]) -> bool:
    if len(ids) < _NUMBERED or not all(one.isascii() and one.isdigit() and len(one) < 9 for one in ids[:_NUMBERED]):
        return False
    first = int(ids[0])
    return first in {0, 1} and all(one == str(first + at) for at, one in enumerate(ids[:_NUMBERED]))
