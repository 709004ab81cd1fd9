"""Searching reviews: by meaning, like another one, by words, and by words and meaning together.

Whatever finds a review, it is shown only if the tenant's read model has it now, and has that very revision of its text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from operations.query_encoders import Embed, embed
from operations.rank_fusion import fused
from projections.queries.excerpts import ALL, Excerpt, SearchFilter, excerpts, with_words
from projections.queries.nearest import NO_REVIEW, Near, NearestReviews
from projections.queries.rows import check_limit
from schemas.errors import InvalidInput

if TYPE_CHECKING:
    from clickhouse_driver import Client
    from psycopg_pool import ConnectionPool

SPARE = 50
"""Found beyond the limit, for those that turn out to be gone from the read model."""
LONGEST = 10_000
"""Characters of a question."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A review that was found. `similarity` is the cosine by `encoder`; None where only its words match."""

    review: Excerpt
    similarity: float | None = None
    encoder: str | None = None
    by_words: int | None = None
    """Its place among those that have the words, from 1."""
    by_meaning: int | None = None
    """Its place among those of like meaning, from 1."""


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, best first. `compared` and `not_compared` count the tenant's vectors by encoder, before any filter.

    `not_shown` were found, but the read model does not have them, or not with this text, or does not count them so.
    """

    hits: list[Hit]
    compared: Mapping[str, int] = field(default_factory=dict)
    not_compared: Mapping[str, int] = field(default_factory=dict)
    not_shown: int = 0


class Search:
    """Asks for one tenant; the tenant is part of every query. `pool` leads to the read models' database."""

    def __init__(
        self,
        pool: ConnectionPool[Any],
        connect: Callable[[], Client],
        *,
        encode: Embed = embed,
        name: str = "analytics",
    ) -> None:
        self._pool, self._encode = pool, encode
        self._nearest = NearestReviews(pool, connect, name=name)

    def by_meaning(self, tenant_id: UUID, text: str, filters: SearchFilter = ALL, *, limit: int = 20) -> Found:
        """Reviews that mean what `text` says; it is embedded once for each encoder of the tenant's vectors.

        Raises InvalidInput for a text that is empty or too long, and for a limit outside of 1 to 500.
        """
        _check(text, limit)
        counts = self._nearest.encoders(tenant_id)
        vectors = {encoder: self._encode(encoder, text) for encoder in counts}
        known = {encoder: vector for encoder, vector in vectors.items() if vector is not None and any(vector)}
        return self._found(tenant_id, known, counts, filters, limit, NO_REVIEW)

    def like(self, tenant_id: UUID, review_id: UUID, filters: SearchFilter = ALL, *, limit: int = 20) -> Found:
        """Reviews like that one, without it: those with a vector of the same encoder.

        Raises InvalidInput for a review that the tenant does not have, or that has no vector.
        """
        check_limit(limit)
        shown = excerpts(self._pool, tenant_id, [review_id]).get(review_id)
        if shown is None:
            raise InvalidInput(
                "--review: this tenant has none of that id; `reviewstream query reviews` lists some", field="review"
            )
        vector = self._nearest.vector_of(tenant_id, review_id)
        if vector is None or vector.revision != shown.revision:
            raise InvalidInput(
                "--review: it has no vector, as its analysis used no encoder or is not finished; ask with --text, or "
                "analyse it by a processing version with an encoder (`reviewstream reprocess`)",
                field="review",
            )
        counts = self._nearest.encoders(tenant_id)
        return self._found(tenant_id, {vector.encoder: vector.numbers}, counts, filters, limit, review_id)

    def by_words(self, tenant_id: UUID, text: str, filters: SearchFilter = ALL, *, limit: int = 20) -> Found:
        """Reviews that have the words, best first."""
        _check(text, limit)
        ids = [each.review_id for each in with_words(self._pool, tenant_id, text, filters, limit=limit)]
        shown = excerpts(self._pool, tenant_id, ids, filters)
        hits = [Hit(shown[one], by_words=place) for place, one in enumerate(ids, 1) if one in shown]
        return Found(hits, not_shown=len(ids) - len(hits))

    def both(self, tenant_id: UUID, text: str, filters: SearchFilter = ALL, *, limit: int = 20) -> Found:
        """By words and by meaning, fused by the ranks in both lists."""
        _check(text, limit)
        deep = min(500, limit + SPARE)
        meaning = self.by_meaning(tenant_id, text, filters, limit=deep)
        words = self.by_words(tenant_id, text, filters, limit=deep)
        hits = {hit.review.review_id: hit for hit in words.hits}
        for hit in meaning.hits:
            known = hits.get(hit.review.review_id)
            hits[hit.review.review_id] = hit if known is None else replace(hit, by_words=known.by_words)
        order = fused([[hit.review.review_id for hit in each.hits] for each in (words, meaning)])
        return replace(
            meaning, hits=[hits[one] for one in order[:limit]], not_shown=meaning.not_shown + words.not_shown
        )

    def _found(
        self,
        tenant_id: UUID,
        vectors: Mapping[str, Sequence[int]],
        counts: Mapping[str, int],
        filters: SearchFilter,
        limit: int,
        without: UUID,
    ) -> Found:
        lists = {
            encoder: self._nearest.nearest(tenant_id, encoder, vector, filters, limit=limit + SPARE, without=without)
            for encoder, vector in vectors.items()
        }
        found = {near.review_id: (encoder, near) for encoder, nears in lists.items() for near in nears}
        shown = excerpts(self._pool, tenant_id, found, filters)
        order = fused([[near.review_id for near in nears] for nears in lists.values()])
        good = [one for one in order if _stands(found[one][1], shown.get(one))]
        hits = [_hit(shown[one], *found[one], place) for place, one in enumerate(good[:limit], 1)]
        return Found(
            hits,
            {encoder: count for encoder, count in counts.items() if encoder in vectors},
            {encoder: count for encoder, count in counts.items() if encoder not in vectors},
            len(order) - len(good),
        )


def _stands(near: Near, shown: Excerpt | None) -> bool:
    return shown is not None and shown.revision == near.revision


def _hit(shown: Excerpt, encoder: str, near: Near, place: int) -> Hit:
    return Hit(shown, near.similarity, encoder, by_meaning=place)


def _check(text: str, limit: int) -> None:
    check_limit(limit)
    if not text.strip():
        raise InvalidInput("--text: is empty; give some words", field="text")
    if len(text) > LONGEST:
        raise InvalidInput(f"--text: has {len(text)} characters; give at most {LONGEST}", field="text")
