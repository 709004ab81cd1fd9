"""Validates an inbound review once, at the edge, and says which field is wrong and how to mend it.

What passes is normalised: ratings to the scale 1 to 5, times to UTC. Error texts never contain what was sent.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, LiteralString, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from aggregates.review.draft import Draft
from aggregates.review.field_names import meant_field, showable
from aggregates.review.identity import comparable, telling_apart
from aggregates.review.language_hint import FORM, LONGEST, MAX_METADATA, MAX_METADATA_CHARS, with_hint, without_nulls
from aggregates.review.moments import iso_moment
from schemas.errors import InvalidReview
from schemas.parts import Author

MAX_CONTENT = 200_000
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
BEST, WORST = 5.0, 1.0  # where none is given
_IN_JSON = json.JSONEncoder(ensure_ascii=True).encode
WIDEST = 1e9  # beyond that, differences of ratings lose their meaning or overflow


def _wrong(reason: LiteralString, message: LiteralString) -> PydanticCustomError:
    """What a validator raises: the stable reason and, beside the field's name, what is wrong and how to mend it."""
    return PydanticCustomError(reason, message)


def _no_nul(value: Any) -> Any:
    if isinstance(value, str) and "\x00" in value:
        raise _wrong("nul", "has a NUL character; remove it")
    return value


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _comparable(value: Any) -> Any:
    return _no_nul(comparable(value)) if isinstance(value, str) else value


def _optional(value: Any) -> Any:
    return _no_nul(value) if not isinstance(value, str) or value.strip() else None


def _identifier(value: Any) -> Any:
    return _no_nul(comparable(value)) or None if isinstance(value, str) else value


def _number(value: Any) -> Any:
    if isinstance(value, bool):
        raise _wrong("no_number", "is true or false; send a number")
    return None if isinstance(value, str) and not value.strip() else value


def _best(value: Any) -> Any:
    number = _number(value)
    return BEST if number is None else number


def _worst(value: Any) -> Any:
    number = _number(value)
    return WORST if number is None else number


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day, tzinfo=UTC)
    elif isinstance(value, str):
        moment = _parsed(value.strip())
    else:
        raise _wrong("no_date", "is not text; send an ISO 8601 date or date and time")
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise _wrong("out_of_range", "out of range; dates from 1970-01-01 to tomorrow are accepted") from None


def _parsed(text: str) -> datetime:
    try:
        return iso_moment(text)
    except (ValueError, OverflowError):
        raise _wrong("no_date", "is not an ISO 8601 date or date and time") from None


def _how_to_look(metadata: Any) -> str:
    """Whether each text must be asked what it is, which takes longer than everything else about metadata."""
    try:
        return "others" if "\0" in "".join((*metadata, *metadata.values())) else "texts"
    except (TypeError, AttributeError):
        return "others"


NoNul = BeforeValidator(_no_nul)
# One validator for all that is asked of a value, not one each: entering Python takes most of their time.
Optional = BeforeValidator(_optional)
Short = Annotated[str, Field(max_length=200)]
Long = Annotated[str, Field(max_length=MAX_METADATA_CHARS)]
Number = Annotated[float, Field(allow_inf_nan=False, ge=-WIDEST, le=WIDEST)]


class _Inbound(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)

    source: Annotated[str, Field(min_length=1, max_length=200), BeforeValidator(_comparable)]
    platform: Annotated[Short, NoNul] = ""
    external_id: Annotated[Short | None, BeforeValidator(_identifier)] = None
    title: Annotated[Annotated[str, Field(max_length=2_000)] | None, Optional] = None
    content: Annotated[str, Field(max_length=MAX_CONTENT), NoNul] = ""
    rating: Annotated[Number | None, BeforeValidator(_number)] = None
    best_rating: Annotated[Number, BeforeValidator(_best)] = BEST
    worst_rating: Annotated[Number, BeforeValidator(_worst)] = WORST
    author_name: Annotated[Short | None, Optional] = None
    author_id: Annotated[Short | None, Optional] = None
    published_at: Annotated[datetime, BeforeValidator(_moment)]
    language: Annotated[
        Annotated[str, Field(pattern=f"^{FORM.pattern}$", max_length=LONGEST)] | None, BeforeValidator(_blank_is_none)
    ] = None
    url: Annotated[Annotated[str, Field(pattern=r"^https?://\S+$", max_length=2_000)] | None, Optional] = None
    metadata: Annotated[
        Annotated[dict[Short, Long], Tag("texts")]
        | Annotated[
            dict[Annotated[Short, NoNul], Annotated[Long, NoNul]], BeforeValidator(without_nulls), Tag("others")
        ],
        Discriminator(_how_to_look),
        Field(max_length=MAX_METADATA),
    ] = {}

    @model_validator(mode="after")
    def _rating_in_scale(self) -> Self:
        rating, best, worst = self.rating, self.best_rating, self.worst_rating
        if worst >= best:
            raise _wrong("scale", "rating: worst_rating must be less than best_rating")
        if rating is not None and not worst <= rating <= best:
            raise _wrong(
                "out_of_range",
                "rating: out of range; send a rating within worst_rating and best_rating (1 to 5 if not given)",
            )
        if rating is None and not self.content:
            raise _wrong("empty", "content: is empty and there is no rating; send one of them")
        return self


# Pydantic's words for what is wrong, as ours: they are counted and shown, and stay when the library changes.
_REASONS = {
    "extra_forbidden": "unknown_field",
    "string_unicode": "surrogate",
    "string_type": "no_text",
    "string_too_short": "empty",
    "string_too_long": "too_long",
    "string_pattern_mismatch": "format",
    "dict_type": "no_object",
    "float_type": "no_number",
    "float_parsing": "no_number",
    "finite_number": "no_number",
    "less_than_equal": "out_of_range",
    "greater_than_equal": "out_of_range",
}


# What is wrong and how to mend it, where Pydantic says only the former.
_PLAIN = {
    "missing": "is missing, and a review needs it",
    "string_type": "is no text; send a text",
    "string_too_short": "is empty; send a text",
    "string_too_long": "has more than {max_length} characters; shorten it",
    "string_pattern_mismatch": "has another form; an address begins with https:// and has no blanks, a language is like pt-BR",
    "too_long": "has more than {max_length} entries; leave some out",
    "dict_type": "is no object; send an object of texts",
    "float_type": "is no number; send a number",
    "float_parsing": "is no number; send a number",
    "finite_number": "is no number; send a finite one",
    "less_than_equal": "out of range; at most {le:g} is accepted",
    "greater_than_equal": "out of range; at least {ge:g} is accepted",
}


def known_fields() -> frozenset[str]:
    """The names of all fields that an inbound review may have."""
    return frozenset(_Inbound.model_fields)


def validate(record: Mapping[str, Any], now: datetime) -> Draft:
    """A valid draft of an inbound review. Raises InvalidReview that names the field and the fix."""
    try:
        inbound = _Inbound.model_validate(_present(record))
    except ValidationError as error:
        raise _invalid(error) from None
    if not EARLIEST <= inbound.published_at <= now + AHEAD:
        raise InvalidReview(
            "published_at: out of range; dates from 1970-01-01 to tomorrow are accepted",
            field="published_at",
            reason="out_of_range",
        )
    return _draft(inbound)


def _present(record: Mapping[str, Any]) -> dict[str, Any]:
    """Null says that nothing is there, wherever it stands."""
    return with_hint({name: value for name, value in record.items() if value is not None})


def _invalid(error: ValidationError) -> InvalidReview:
    first = error.errors(include_input=False, include_url=False)[0]
    field = str(first["loc"][0]) if first["loc"] else ""
    reason = _REASONS.get(first["type"], first["type"])
    plain = _PLAIN.get(first["type"])
    message = str(first["msg"]) if plain is None else plain.format(**first.get("ctx", {}))
    if reason == "surrogate":
        return InvalidReview(
            f"{field or 'a name'}: has half a character (lone surrogate); send valid Unicode",
            field=field,
            reason=reason,
        )
    if not field:
        field, _, message = message.partition(": ")
    if reason == "unknown_field":
        return _unknown_field(field)
    return InvalidReview(f"{field}: {message}", field=field, reason=reason)


def _unknown_field(name: str) -> InvalidReview:
    """The name itself is what somebody sent: it is repeated only where it cannot be personal data."""
    known = _Inbound.model_fields
    fix = "put what is not in the contract under metadata"
    if not showable(name, known):
        return InvalidReview(
            f"an unknown field, whose name may be personal data and is not shown; {fix}", reason="unknown_field"
        )
    meant = meant_field(name, known)
    instead = f" (did you mean {meant}?)" if meant else ""
    return InvalidReview(f"{name}: an unknown field{instead}; {fix}", field=name, reason="unknown_field")


def _draft(inbound: _Inbound) -> Draft:
    author = Author(inbound.author_name, inbound.author_id) if inbound.author_name or inbound.author_id else None
    rating = _normalised(inbound)
    return Draft(
        source=inbound.source,
        platform=inbound.platform,
        external_id=inbound.external_id or _derived_id(inbound),
        content_hash=_digest(inbound.title, inbound.content, rating),
        title=inbound.title,
        content=inbound.content,
        rating=rating,
        rating_given=inbound.rating,
        rating_best=inbound.best_rating,
        rating_worst=inbound.worst_rating,
        author=author,
        published_at=inbound.published_at,
        language_hint=inbound.language,
        url=inbound.url,
        metadata=inbound.metadata,
    )


def _normalised(inbound: _Inbound) -> float | None:
    if inbound.rating is None:
        return None
    worst = inbound.worst_rating
    return round(1 + 4 * (inbound.rating - worst) / (inbound.best_rating - worst), 2)


def _derived_id(inbound: _Inbound) -> str:
    """Sources without identifiers: the same author, time and words about the same thing are the same review."""
    parts = (inbound.author_name, inbound.author_id, inbound.published_at.isoformat(), inbound.title, inbound.content)
    return "derived-" + _digest(*parts, inbound.rating, *telling_apart(inbound.url, inbound.metadata))[:32]


def _digest(*parts: Any) -> str:
    return hashlib.sha256(_IN_JSON(parts).encode()).hexdigest()
