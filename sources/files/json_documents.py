"""JSON documents of any size: arrays of objects, objects one after the other, and lists within an answer of an API.

A document is parsed as a whole, so what is broken in it ends it: one row says where.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import IO

import ijson

from schemas.errors import InvalidInput
from sources.files.compression import DAMAGE
from sources.files.extended_json import plain_record
from sources.files.json_rows import check_texts, kind
from sources.files.json_stream import MAX_RECORD_BYTES, JsonStream, TooLong
from sources.files.json_tree import Tree
from sources.files.notes import HALVES, Notes
from sources.files.rows import Row

_VALUES = frozenset({"string", "number", "boolean", "null"})
_MOST_PATHS = 20


class JsonDocuments:
    """The objects at a path of names, through lists on the way; without a path those at the top. Rows count from 1."""

    def __init__(self, stream: IO[bytes], path: Sequence[str], notes: Notes) -> None:
        self._source = JsonStream(stream)
        self._path = list(path)
        self._notes = notes
        self._number = 0
        self._lists: dict[str, None] = {}
        self._met = not self._path

    def __iter__(self) -> Iterator[Row]:
        try:
            yield from self._rows()
        except ijson.JSONError:
            if self._source.offset:
                yield self._broken("is broken JSON")
        except TooLong:
            yield self._broken(f"has a record longer than {MAX_RECORD_BYTES >> 20} MB")
        except DAMAGE as error:
            yield self._broken(f"is damaged or cut off ({type(error).__name__})")
        self._notes.count(HALVES, self._source.halves)
        if not self._met and not self._number:
            raise InvalidInput(
                f"there is no object at {'.'.join(self._path)}; lists of objects are at: {', '.join(self._lists) or 'nowhere'}",
                field="records",
                reason="no_such_path",
            )

    def _rows(self) -> Iterator[Row]:
        keys: list[str | None] = []  # of each open object the name that is being read, None for an open list
        tree: Tree | None = None
        for event, value in ijson.basic_parse(self._source, multiple_values=True):
            if tree is None:
                self._source.begin = self._source.offset
                here = [key for key in keys if key is not None] == self._path
                self._met = self._met or here
                tree = Tree() if here and event == "start_map" else None
            if tree is not None:
                if tree.take(event, value):
                    yield self._row(tree)
                    tree = None
            elif here and event in _VALUES and (not keys or keys[-1] is None):
                yield self._bad(f"is {kind(value)}; an object is needed")
            else:
                self._remember(event, keys)
                _move(keys, event, value)

    def _remember(self, event: str, keys: Sequence[str | None]) -> None:
        if event == "start_map" and keys and keys[-1] is None and len(self._lists) < _MOST_PATHS:
            self._lists[".".join(key for key in keys if key is not None)] = None

    def _row(self, tree: Tree) -> Row:
        assert isinstance(tree.value, dict)
        if tree.problem is None:
            try:
                check_texts(tree.value)
            except InvalidInput as error:
                tree.problem = str(error)
        if tree.problem is not None:
            return self._bad(f"{tree.problem}", json.dumps(tree.value).encode())
        self._number += 1
        record = plain_record(tree.value) if tree.extended else tree.value
        return Row(self._number, 0, record, b"", None)

    def _bad(self, problem: str, raw: bytes = b"") -> Row:
        self._number += 1
        return Row(self._number, 0, None, raw, f"record {self._number}: {problem}")

    def _broken(self, what: str) -> Row:
        self._number += 1
        where = f"at line {self._source.line}, before byte {self._source.offset}, after {self._number - 1} records"
        problem = f"the file {what} {where}: nothing after it can be read; correct it and publish it again"
        return Row(self._number, 0, None, b"", problem)


def lists_within(head: bytes) -> tuple[set[str], dict[str, set[str]]]:
    """Of a document that begins so and is one object: its names, and for each list of objects in it their names, by path.

    Objects that the list's objects hold have paths of their own: GraphQL wraps each in a "node".
    """
    names: set[str] = set()
    found: dict[str, set[str]] = {}
    keys: list[str | None] = []
    try:
        for event, value in ijson.basic_parse(_Bytes(head), multiple_values=True):
            _move(keys, event, value)
            if not keys:
                break
            if event == "map_key":
                inside = None in keys[-3:-1]
                path = ".".join(key for key in keys[:-1] if key is not None)
                if len(keys) == 1 or inside:
                    (found.setdefault(path, set()) if inside else names).add(value)
    except ijson.JSONError:
        pass  # the rest is not here
    return names, found


def _move(keys: list[str | None], event: str, value: object) -> None:
    """Follow the parser into and out of objects and lists."""
    if event == "map_key":
        keys[-1] = str(value)
    elif event in {"end_map", "end_array"}:
        keys.pop()
    elif event in {"start_map", "start_array"}:
        keys.append("" if event == "start_map" else None)


class _Bytes:
    """Bytes that are read in small bites: the parser says nothing of a bite in which it fails."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def read(self, size: int = -1) -> bytes:
        if size == 0:
            return b""
        self._at += 64
        return self._data[self._at - 64 : self._at]
