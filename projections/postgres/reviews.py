"""The reviews read model: current text and results, entities, keywords."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

from psycopg import Cursor
from psycopg.types.json import Jsonb

from projections.decoding import Decoded
from projections.postgres import review_rows as rows
from projections.postgres.review_changes import Change, changes
from projections.statements import in_schema
from schemas.events import ReviewCollected, ReviewProcessed, ReviewRevised, SentimentAnalyzed

SQL = "postgres/sql/reviews"


class ReviewsProjector:
    """Collected inserts, revised replaces and clears the results, results fill in."""

    name: ClassVar[str] = "reviews"
    topics: ClassVar[frozenset[str]] = frozenset(
        {ReviewCollected.TOPIC, ReviewRevised.TOPIC, ReviewProcessed.TOPIC, SentimentAnalyzed.TOPIC}
    )
    tables: ClassVar[tuple[str, ...]] = ("processed_reviews", "review_entities", "review_keywords")

    def apply(self, cursor: Cursor[Any], schema: str, events: Sequence[Decoded]) -> None:
        """One pass in memory, then whole tables at a time: last word per review wins."""
        changed = changes(events)
        bodies = [c for c in changed if c.body is not None]
        updated = _update_results(cursor, schema, [c for c in changed if c.body is None])
        for table in self.tables:
            _clear(cursor, schema, table, [c.review_id for c in bodies if not c.fresh])
        for table in self.tables[1:]:
            _clear(cursor, schema, table, [c.review_id for c in updated if c.processed])
        _copy(cursor, "copy_reviews", schema, rows.REVIEW, map(rows.review, bodies))
        filled = [c for c in (*bodies, *updated) if c.processed]
        _copy(cursor, "copy_entities", schema, rows.ENTITY, _each(rows.entities, filled))
        _copy(cursor, "copy_keywords", schema, rows.KEYWORD, _each(rows.keywords, filled))


def _update_results(cursor: Cursor[Any], schema: str, results: Sequence[Change]) -> list[Change]:
    """Fill results into standing rows; gives back the changes whose revision still stands."""
    if not results:
        return []
    values = json.dumps([rows.results(change) for change in results])
    cursor.execute(in_schema(f"{SQL}/update_results", schema), {"results": Jsonb(values, dumps=str)})
    standing = {row[0] for row in cursor.fetchall()}
    return [change for change in results if change.review_id in standing]


def _clear(cursor: Cursor[Any], schema: str, table: str, review_ids: Sequence[Any]) -> None:
    if review_ids:
        cursor.execute(in_schema(f"{SQL}/clear_{table}", schema), {"reviews": list(review_ids)})


def _copy(cursor: Cursor[Any], name: str, schema: str, types: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    with cursor.copy(in_schema(f"{SQL}/{name}", schema)) as copy:
        copy.set_types(types)
        for line in lines:
            copy.write_row(line)


def _each(make: Any, changed: Sequence[Change]) -> Iterator[Sequence[Any]]:
    for change in changed:
        yield from make(change)
