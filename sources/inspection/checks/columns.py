"""Fields that no column is read for, and mapped columns that are not there."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.errors import InvalidInput
from sources.files.column_values import Judge
from sources.inspection.checks.likely import looks_like_ratings, looks_like_texts
from sources.inspection.fields import other_columns
from sources.inspection.findings import Finding
from sources.inspection.looked import Looked

MOST_NAMED = 5


def check(looked: Looked) -> Iterator[Finding]:
    """What is missing, and which columns may hold it."""
    if not looked.sample.records:
        return
    yield from _not_there(looked)
    if not _reads(looked, "source") and looked.source is None:
        yield Finding(
            "source",
            "no column is called source; say where the reviews come from, with --source",
            refuses=looked.sending,
        )
    yield from _no_date(looked)
    yield from _no_words_or_rating(looked)
    yield from _no_rating(looked)


def _not_there(looked: Looked) -> Iterator[Finding]:
    try:
        looked.mapping.check(looked.sample.columns)
    except InvalidInput as error:
        yield Finding(error.field, str(error), refuses=True)


def _no_date(looked: Looked) -> Iterator[Finding]:
    if _reads(looked, "published_at"):
        return
    holding = [name for name in _unread(looked) if _mostly_dates(looked, name)]
    named = f"--map published_at={holding[0]}" if holding else "--map published_at=COLUMN"
    yield Finding(
        "published_at",
        f"no column is taken for the date of a review, without which it is refused; {_there(looked, holding)}; "
        f"name it with {named}, or one date for all rows with --map published_at:=2026-01-31",
        refuses=True,
    )


def _no_words_or_rating(looked: Looked) -> Iterator[Finding]:
    words, rating = _reads(looked, "content"), _reads(looked, "rating")
    texts = [] if words else [name for name in _unread(looked) if looks_like_texts(looked.sample.records, name)]
    if not words and not rating:
        best = f"--map content={texts[0]}" if texts else "--map content=COLUMN or --map rating=COLUMN"
        yield Finding("content", f"no column is taken for the text of a review, nor for its rating; {_there(looked, texts)}; name one with {best}", refuses=True)  # fmt: skip
    elif texts and "content" not in looked.mapping.columns:
        yield Finding(
            "content",
            f"no column is taken for the text of a review, but {texts[0]!r} holds texts; take it with --map content={texts[0]}, "
            "or say with --map content= that the reviews have no words",
            refuses=True,
        )
    elif not words and "content" not in looked.mapping.columns:
        yield Finding(
            "content", "no column is taken for content, so the reviews have no words; --map content=COLUMN names one"
        )


def _no_rating(looked: Looked) -> Iterator[Finding]:
    if _reads(looked, "rating") or "rating" in looked.mapping.columns:
        return
    named = [name for name in _unread(looked) if looks_like_ratings(looked.sample.records, name)]
    if named:
        yield Finding(
            "rating",
            f"no column is taken for the rating, but {named[0]!r} holds some; take it with --map rating={named[0]}, "
            "or say with --map rating= that the reviews have none",
            refuses=True,
        )


def _reads(looked: Looked, field: str) -> bool:
    """Whether something is read for the field; a source comes from the column of that name."""
    there = field in looked.columns or field in looked.mapping.constants
    return there or (field == "source" and "source" in looked.sample.columns)


def _unread(looked: Looked) -> list[str]:
    return other_columns(looked.sample.columns, looked.columns, looked.sample.records)


def _mostly_dates(looked: Looked, column: str) -> bool:
    records = looked.sample.records
    held = [value for record in records if (value := record.get(column)) not in (None, "")]
    judge = Judge(looked.mapping.reader.judge.dates)
    return bool(held) and not judge.misfit("published_at", column, records, {"published_at": (column,)})


def _there(looked: Looked, holding: list[str]) -> str:
    if holding:
        others = f" or {len(holding) - MOST_NAMED} more" if len(holding) > MOST_NAMED else ""
        return f"{' or '.join(repr(name) for name in holding[:MOST_NAMED])}{others} may be it"
    columns = looked.sample.columns
    more = f" and {len(columns) - 20} more" if len(columns) > 20 else ""
    return f"there are the columns {', '.join(columns[:20])}{more}"
