"""From a file's columns to the fields of a review: what the user said, then what common names suggest, then metadata."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connectors.json_rows import parse_object
from schemas.errors import InvalidInput

# Field: the column names that mean it, best first. A dot goes down into a JSON object.
GUESSES: dict[str, tuple[str, ...]] = {
    "external_id": ("external_id", "review_id", "reviewid", "id", "uuid"),
    "title": ("title", "headline", "subject", "summary"),
    "content": ("content", "text", "review_text", "reviewtext", "review_body", "review", "body", "comment"),
    "rating": ("rating", "rate", "stars", "score", "star_rating", "overall_rating", "overall", "rating.value"),
    "best_rating": ("best_rating", "max_rating", "rating_max", "rating.rating_max"),
    "worst_rating": ("worst_rating", "min_rating", "rating_min"),
    "author_name": ("author_name", "author.name", "author", "reviewer_name", "reviewer", "username", "user", "name"),
    "author_id": ("author_id", "author.id", "user_id", "userid", "reviewer_id", "customer_id"),
    "published_at": ("published_at", "published", "date", "at", "created_at", "review_date", "timestamp"),
    "language": ("language", "lang", "locale"),
    "url": ("url", "link", "review_url"),
    "platform": ("platform", "store", "site"),
}
TARGET_FIELDS = tuple(GUESSES)
MAX_METADATA = 32
MAX_METADATA_CHARS = 500
MAX_METADATA_NAME = 200

_NUMBERS = {"rating", "best_rating", "worst_rating"}
_IDS = {"external_id", "author_id"}
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_OUT_OF = re.compile(r"\s*([0-9.,]+)\s*(?:/|out of)\s*([0-9.,]+)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class FieldMapping:
    """`columns` maps a target field to the column it is read from; fields that are not named are guessed."""

    columns: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for target, column in self.columns.items():
            if target not in GUESSES:
                raise InvalidInput(
                    f"unknown target field {target!r}; known are {', '.join(TARGET_FIELDS)}",
                    field=target,
                    reason="unknown",
                )
            if not isinstance(column, str) or not column:
                raise InvalidInput(f"{target} needs a column: write {target}=column", field=target, reason="empty")

    @classmethod
    def parse(cls, *pairs: str) -> FieldMapping:
        """From texts like "content=review_text". Raises InvalidInput naming the field and the fix."""
        columns: dict[str, str] = {}
        for pair in pairs:
            target, equals, column = (part.strip() for part in pair.partition("="))
            if not equals:
                raise InvalidInput(f"{pair!r} is no mapping; write field=column", field="map", reason="syntax")
            if target in columns:
                raise InvalidInput(f"{target} is mapped twice; keep one", field=target, reason="duplicate")
            columns[target] = column
        return cls(columns)

    def check(self, columns: Iterable[str]) -> None:
        """Raise InvalidInput when a mapped column is not among a file's `columns`."""
        there = list(columns)
        for target, column in self.columns.items():
            if column not in there and column.split(".")[0] not in there:
                raise InvalidInput(
                    f"{target} is mapped to the column {column!r}, which is not there; there are {', '.join(there[:40])}",
                    field=target,
                    reason="no_such_column",
                )

    def apply(self, record: Mapping[str, object]) -> dict[str, object]:
        """The record's target fields (absent, null and blank ones left out) and "metadata" with all other columns.

        Ratings become floats where they are numbers ("4", "4,5", "4/5"); nothing is judged here: that is the gate's
        part. Metadata: the first MAX_METADATA other columns as texts of at most MAX_METADATA_CHARS characters.
        """
        found: dict[str, object] = {}
        used: set[str] = set()
        for target, column in self._sources(record).items():
            value = _value_at(record, column)
            if not _is_blank(value):
                _put(found, target, value)
            used.add(column if column in record else column.split(".")[0])
        found["metadata"] = _metadata(record, used)
        return found

    def save(self, directory: Path, name: str) -> Path:
        """Write the mapping as `name`.json below `directory`, replacing one of that name."""
        path = _file(directory, name)
        directory.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps({"version": 1, "columns": dict(self.columns)}, indent=2) + "\n", encoding="utf-8")
        draft.replace(path)
        return path

    @classmethod
    def load(cls, directory: Path, name: str) -> FieldMapping:
        """The mapping that was saved as `name`. Raises InvalidInput when there is none or it is broken."""
        path = _file(directory, name)
        if not path.is_file():
            known = ", ".join(sorted(other.stem for other in directory.glob("*.json"))) or "none yet"
            raise InvalidInput(f"no mapping named {name!r}; saved are: {known}", field="mapping", reason="unknown")
        columns = parse_object(path.read_bytes()).get("columns")
        if not isinstance(columns, dict):
            raise InvalidInput(f'{path.name} holds no "columns" object; save it anew', field="mapping", reason="broken")
        return cls(columns)

    def _sources(self, record: Mapping[str, object]) -> dict[str, str]:
        """Target field → the column of this record to read; what the user mapped is not guessed for another field."""
        by_name = {name.strip().lower().replace(" ", "_").replace("-", "_"): name for name in reversed(list(record))}
        taken = set(self.columns.values())
        sources = {}
        for target, names in GUESSES.items():
            if target in self.columns:
                sources[target] = self.columns[target]
                continue
            guesses = (column for name in names if (column := _guess(record, by_name, name)) not in taken)
            if (column := next((column for column in guesses if column is not None), None)) is not None:
                sources[target] = column
        return sources


def _file(directory: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise InvalidInput(
            f"{name!r} is no name for a mapping; use a-z, 0-9, - and _, at most 64", field="mapping", reason="name"
        )
    return directory / f"{name}.json"


def _guess(record: Mapping[str, object], by_name: Mapping[str, str], name: str) -> str | None:
    top, _, rest = name.partition(".")
    column = by_name.get(top)
    if column is None or not rest:
        return column if column is not None and not isinstance(record[column], dict) else None
    inner = record[column]
    return f"{column}.{rest}" if isinstance(inner, dict) and rest in inner else None


def _value_at(record: Mapping[str, object], column: str) -> object:
    if column in record:
        return record[column]
    value: object = record
    for part in column.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _put(found: dict[str, object], target: str, value: object) -> None:
    if target in _NUMBERS and isinstance(value, str):
        parts = _OUT_OF.fullmatch(value)
        if target == "rating" and parts and (best := _number(parts[2])) is not None:
            found.setdefault("best_rating", best)
            value = parts[1]
        number = _number(value)
        found[target] = value if number is None else number
    elif target in _IDS and isinstance(value, int) and not isinstance(value, bool):
        found[target] = str(value)
    else:
        found[target] = value


def _number(text: str) -> float | None:
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _metadata(record: Mapping[str, object], used: set[str]) -> dict[str, str]:
    rest = {name: value for name, value in record.items() if name not in used and name != "metadata"}
    given = record.get("metadata")
    if isinstance(given, Mapping):
        rest = {**given, **rest}
    elif "metadata" not in used and given is not None:
        rest["metadata"] = given
    kept = [(name, value) for name, value in rest.items() if not _is_blank(value)][:MAX_METADATA]
    return {name[:MAX_METADATA_NAME]: _as_text(value)[:MAX_METADATA_CHARS] for name, value in kept}


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
