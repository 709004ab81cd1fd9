"""What no field takes, as metadata: texts within the caps of the contract."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping

from sources.files.notes import BELOW_CAP, CUT
from sources.files.paths import without

MAX_METADATA = 32
MAX_METADATA_CHARS = 500
MAX_METADATA_NAME = 200

_IN_JSON = json.JSONEncoder(ensure_ascii=False, default=str).encode


class Leftover:
    """What records with these column `names` hold beside what the fields have `used`, decided once for all of them.

    Of an object of which a field uses a part, the rest is kept.
    """

    __slots__ = ("_columns", "_is_free", "_is_there")

    def __init__(self, names: Collection[str], used: Collection[str]) -> None:
        paths = [[one] if one in names else one.split(".") for one in used]
        below = {name: [path[1:] for path in paths if path[0] == name] for name in names if name != "metadata"}
        self._columns = [(name, inside) for name, inside in below.items() if [] not in inside]
        self._is_there, self._is_free = "metadata" in names, "metadata" not in used

    def of(self, record: Mapping[str, object]) -> tuple[dict[str, str], Mapping[str, int]]:
        """The columns that no field uses, and the entries of "metadata", as texts; and how many did not fit, or were cut."""
        there = [(name, text) for name, value in self._rest(record) if (text := _as_text(value))]
        texts: dict[str, str] = {}
        cut = 0
        for name, value in there[:MAX_METADATA]:
            cut += len(value) > MAX_METADATA_CHARS or len(name) > MAX_METADATA_NAME
            texts[name[:MAX_METADATA_NAME]] = value[:MAX_METADATA_CHARS]
        lost = len(there) - MAX_METADATA
        return texts, {BELOW_CAP: max(lost, 0), CUT: cut} if cut or lost > 0 else {}

    def _rest(self, record: Mapping[str, object]) -> Iterable[tuple[str, object]]:
        rest = [(name, without(record[name], inside) if inside else record[name]) for name, inside in self._columns]
        return self._with_given(record["metadata"], rest) if self._is_there else rest

    def _with_given(self, given: object, rest: Iterable[tuple[str, object]]) -> Iterable[tuple[str, object]]:
        named = {name: value for name, value in rest if value is not None}
        if isinstance(given, Mapping):
            return {**{str(name): value for name, value in given.items()}, **named}.items()
        return {**named, "metadata": given}.items() if self._is_free else named.items()


def _as_text(value: object) -> str:
    """Nothing for null and blanks."""
    if isinstance(value, str):
        return value if value.strip() else ""
    return "" if value is None else _IN_JSON(value)
