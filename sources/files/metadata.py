"""What no field takes, as metadata: texts within the caps of the contract."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from sources.files.notes import BELOW_CAP, CUT
from sources.files.paths import without
from sources.files.values.absent import is_blank

MAX_METADATA = 32
MAX_METADATA_CHARS = 500
MAX_METADATA_NAME = 200


def metadata_of(record: Mapping[str, object], used: Iterable[str]) -> tuple[dict[str, str], dict[str, int]]:
    """The columns that no field uses, and the entries of "metadata", as texts; and how many did not fit, or were cut.

    Of an object of which a field uses a part, the rest is kept.
    """
    rest = {name: value for name, value in _unused(record, set(used)).items() if name != "metadata"}
    given = record.get("metadata")
    if isinstance(given, Mapping):
        rest = {**given, **rest}
    elif "metadata" not in used and given is not None:
        rest["metadata"] = given
    there = [(str(name), _as_text(value)) for name, value in rest.items() if not is_blank(value)]
    kept = there[:MAX_METADATA]
    cut = sum(len(value) > MAX_METADATA_CHARS or len(name) > MAX_METADATA_NAME for name, value in kept)
    texts = {name[:MAX_METADATA_NAME]: value[:MAX_METADATA_CHARS] for name, value in kept}
    return texts, {BELOW_CAP: len(there) - len(kept), CUT: cut}


def _unused(record: Mapping[str, object], used: set[str]) -> dict[str, object]:
    paths = [[one] if one in record else one.split(".") for one in used]
    tops = {path[0] for path in paths}
    rest = {}
    for name, value in record.items():
        left = without(value, [path[1:] for path in paths if path[0] == name]) if name in tops else value
        if left is not None:
            rest[name] = left
    return rest


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
