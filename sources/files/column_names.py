"""The names that columns of reviews have in exports, and which of a record's columns they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

# Field: the column names that mean it, best first, in the form of `normal`. A dot descends into a JSON object, a plus
# joins two columns. Each is looked for with "review_" before it first.
GUESSES: dict[str, tuple[str, ...]] = {
    "external_id": ("external_id", "review_id", "reviewid", "recommendationid", "comment_id", "id", "uuid"),
    "title": ("title", "headline", "heading", "subject", "summary", "titel", "titre", "título", "titulo", "titolo"),
    "content": (
        "content", "text", "text.text", "reviewtext", "body", "review", "comment_content", "comment", "comments", "message",
        "description", "feedback", "positive_review+negative_review", "pros+cons", "liked+disliked",
        "bewertungstext", "rezension", "kommentar", "commentaire", "avis", "comentario", "comentário", "reseña", "opinión", "recensione",
        "commento", "bewertung", "recensie",
    ),
    "rating": (
        "rating", "rate", "stars", "score", "star_rating", "overall_rating", "overall", "rating_value", "reviewer_score",
        "rating.value", "rating.rating_value",
        "bewertung", "sterne", "note", "étoiles", "puntuación", "calificación", "valoración", "estrellas", "nota", "avaliação",
        "estrelas", "voto", "stelle", "punteggio", "beoordeling", "sterren",
    ),
    "best_rating": ("best_rating", "max_rating", "rating_max", "rating.rating_max", "rating.best_rating", "rating.best"),
    "worst_rating": ("worst_rating", "min_rating", "rating_min", "rating.worst_rating", "rating.worst"),
    "author_name": (
        "author_name", "author.name", "author", "reviewer_name", "reviewer.display_name", "reviewer.name", "reviewer",
        "username", "user_name", "user.name", "user.username", "user", "author_attribution.display_name",
        "consumer.display_name", "profile_name", "customer_name", "guest_name", "comment_author", "display_name", "nickname",
        "name", "autor", "auteur", "autore", "verfasser", "kunde", "kundenname",
    ),
    "author_id": (
        "author_id", "author.id", "author.steamid", "user_id", "userid", "user.id", "reviewer_id", "reviewer.id",
        "consumer.id", "customer_id",
    ),
    "published_at": (
        "published_at", "published_at_date", "published_date", "date_published", "submit_date_and_time", "published",
        "publish_date", "publish_time", "date", "at", "created_at", "create_time", "created", "creation_date", "created_date",
        "date_created", "time_created", "timestamp_created", "submitted_at", "posted_at", "comment_date", "unix_review_time",
        "timestamp", "datetime", "time", "submit_millis_since_epoch", "date_added", "updated_at",
        "datum", "fecha", "data", "date_de_publication",
    ),
    "language": ("language", "lang", "locale", "in_language", "reviewer_language", "language_code", "text.language_code", "sprache", "langue", "idioma", "lingua"),
    "url": ("url", "link", "permalink"),
    "platform": ("platform", "store", "site"),
}  # fmt: skip
_PREFIXES = ("review_", "reviews_", "")
# Where one of these stands beside it, "title" is that of the place or product.
_OF_A_PLACE = frozenset({"place_id", "placeid", "cid", "fid", "hotel_id", "category_name", "total_score", "place_url"})
# schema.org's Review has its headline in "name".
_OF_SCHEMA_ORG = frozenset({"review_body", "date_published", "item_reviewed"})

# The column names of a record in their order, each with the names inside when it holds an object or a list of objects.
Shape = tuple[tuple[str, tuple[str, ...] | None], ...]


def shape_of(record: Mapping[str, object]) -> Shape:
    """What guessing needs to know of a record; equal for all rows of one table."""
    return tuple(
        [(name, _inside(value) if isinstance(value, (dict, list)) else None) for name, value in record.items()]
    )


def _inside(value: object) -> tuple[str, ...] | None:
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        return tuple(dict.fromkeys(name for one in value for name in one))
    return tuple(value) if isinstance(value, dict) else None


@lru_cache(maxsize=4096)
def normal(name: str) -> str:
    """A name in small letters, its words joined by "_": "Star Rating", starRating and star-rating are one."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[\W_]+", "_", parted.lower()).strip("_")


def known(name: str) -> bool:
    """Whether the name of a column means a field."""
    return normal(name) in _ALL


@lru_cache(maxsize=1024)
def candidates(shape: Shape) -> Mapping[str, tuple[str, ...]]:
    """Field → the columns of such a record that may hold it, best first; "a+b" joins two."""
    columns = _Columns(shape)
    return {target: tuple(dict.fromkeys(columns.named(_names(target, columns.names)))) for target in GUESSES}


def _names(target: str, beside: frozenset[str]) -> Iterator[str]:
    schema_org = len(beside & _OF_SCHEMA_ORG) > 1
    for name in GUESSES[target]:
        for prefix in _PREFIXES if not name.startswith("review") else ("",):
            if name == "title" and not prefix and beside & _OF_A_PLACE:
                continue
            if target == "author_name" and name == "name" and schema_org:
                continue
            yield prefix + name
            if target in {"title", "content"}:
                yield f"{prefix}{name}_text"
    if target == "title" and schema_org:
        yield "name"


class _Columns:
    """A record's columns by their normal names."""

    def __init__(self, shape: Shape) -> None:
        self._inside = dict(shape)
        self._by_name = {normal(name): name for name, _ in reversed(shape)}
        self.names = frozenset(self._by_name)

    def named(self, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            parts = [self._one(part) for part in name.split("+")]
            if all(parts):
                yield "+".join(part for part in parts if part)

    def _one(self, name: str) -> str | None:
        top, _, rest = name.partition(".")
        column = self._by_name.get(top)
        if column is None:
            return None
        inside = self._inside[column]
        if not rest or inside is None:
            return column if not rest and inside is None else None
        inner = next((one for one in inside if normal(one) == rest), None)
        return None if inner is None else f"{column}.{inner}"


_ALL = frozenset(
    prefix + part + suffix
    for suffix in ("", "_text")
    for names in GUESSES.values()
    for name in names
    for part in name.split("+")
    for prefix in _PREFIXES
)
