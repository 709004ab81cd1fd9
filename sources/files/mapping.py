"""From a file's columns to the fields of a review: explicit mappings, then guesses by common names, then metadata."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from schemas.errors import InvalidInput
from sources.files.column_guesses import GUESSES, guess_sources, shape_of
from sources.files.json_rows import parse_object
from sources.files.mapped_values import is_blank, metadata_of, put, value_at

TARGET_FIELDS = tuple(GUESSES)

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@dataclass(frozen=True)
class FieldMapping:
    """`columns` maps a target field to the column it is read from, `constants` to one value for all rows.

    Fields that are not named are guessed from the names of the columns.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for target, given in (*self.columns.items(), *self.constants.items()):
            if target not in GUESSES:
                raise InvalidInput(
                    f"unknown target field {target!r}; known are {', '.join(TARGET_FIELDS)}",
                    field=target,
                    reason="unknown",
                )
            if not isinstance(given, str) or not given:
                raise InvalidInput(
                    f"{target} needs a column or a value: write {target}=column or {target}:=value",
                    field=target,
                    reason="empty",
                )
        if twice := sorted(self.columns.keys() & self.constants.keys()):
            raise InvalidInput(f"{twice[0]} is mapped twice; keep one", field=twice[0], reason="duplicate")

    @classmethod
    def parse(cls, *pairs: str) -> FieldMapping:
        """From texts like "content=review_text" (a column) and "best_rating:=10" (a value for all rows).

        Raises InvalidInput naming the field and the fix.
        """
        columns: dict[str, str] = {}
        constants: dict[str, str] = {}
        for pair in pairs:
            left, equals, given = pair.partition("=")
            target = left.removesuffix(":").strip()
            if not equals:
                raise InvalidInput(
                    f"{pair!r} is no mapping; write field=column or field:=value", field="map", reason="syntax"
                )
            if target in columns or target in constants:
                raise InvalidInput(f"{target} is mapped twice; keep one", field=target, reason="duplicate")
            (constants if left.endswith(":") else columns)[target] = given.strip()
        return cls(columns, constants)

    def check(self, columns: Iterable[str]) -> None:
        """Raise InvalidInput when a mapped column is not among a file's `columns`."""
        there = list(columns)
        for target, column in self.columns.items():
            if column not in there and column.split(".")[0] not in there:
                raise InvalidInput(
                    f"{target} is mapped to the column {column!r}, which does not exist; there are {', '.join(there[:40])}",
                    field=target,
                    reason="no_such_column",
                )

    def apply(self, record: Mapping[str, object]) -> dict[str, object]:
        """The record's target fields (absent, null and blank ones left out, but for a blank content) and "metadata" with all other columns.

        Ratings become floats where they are numbers ("4", "4,5", "4/5"); nothing is validated here: that happens
        after publishing. Metadata: the first MAX_METADATA other columns as texts of at most MAX_METADATA_CHARS characters.
        """
        found: dict[str, object] = {}
        used: set[str] = set()
        for target, column in self._sources(record):
            value = value_at(record, column)
            if target == "url" and target not in self.columns and not str(value).startswith(("https://", "http://")):
                continue  # a "link" within some site: not an address, but kept as metadata
            if not is_blank(value):
                put(found, target, value)
            elif target == "content" and value is not None:
                found["content"] = ""  # the column exists but is blank: the author gave only a rating
            used.add(column if column in record else column.split(".")[0])
        for target, value in self.constants.items():
            put(found, target, value)
        found["metadata"] = metadata_of(record, used)
        return found

    def _sources(self, record: Mapping[str, object]) -> list[tuple[str, str]]:
        guessed = guess_sources(shape_of(record), frozenset(self.columns.values()))
        sources = {**guessed, **self.columns}
        return [
            (target, sources[target]) for target in TARGET_FIELDS if target in sources and target not in self.constants
        ]

    def save(self, directory: Path, name: str) -> Path:
        """Write the mapping as `name`.json below `directory`, replacing one of that name."""
        path = _file(directory, name)
        directory.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        content = {"version": 1, "columns": dict(self.columns), "constants": dict(self.constants)}
        draft.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        draft.replace(path)
        return path

    @classmethod
    def load(cls, directory: Path, name: str) -> FieldMapping:
        """The mapping that was saved as `name`. Raises InvalidInput when there is none or it is broken."""
        path = _file(directory, name)
        if not path.is_file():
            known = ", ".join(sorted(other.stem for other in directory.glob("*.json"))) or "none yet"
            raise InvalidInput(f"no mapping named {name!r}; saved are: {known}", field="mapping", reason="unknown")
        saved = parse_object(path.read_bytes())
        columns, constants = saved.get("columns"), saved.get("constants")
        if not isinstance(columns, dict) or not isinstance(constants, dict):
            raise InvalidInput(f"{path.name} is not a saved mapping; save it again", field="mapping", reason="broken")
        return cls(columns, constants)


def _file(directory: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise InvalidInput(
            f"{name!r} is no name for a mapping; use a-z, 0-9, - and _, at most 64", field="mapping", reason="name"
        )
    return directory / f"{name}.json"
