"""Sealed contracts: seals.json keeps the id and a fingerprint of every version that was ever committed.

Bytes in logs and on topics name a contract by its id, for ever. A file that says something else under the same id would
read them wrongly, and nothing would notice. So the seal covers whatever changes how bytes are read or what is done with
them: types, order, names, defaults, logical types, aliases and the marks of personal data. Avro's parsing canonical form
leaves the last four out, so it is not used here. Only `doc` may be bettered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from schemas.registry import source_of
from schemas.tools.violation import Violation

FILE = "seals.json"
Seals = dict[str, dict[str, Any]]


def fingerprint(source: Any) -> str:
    """SHA-256 (hex) of a contract without its docs, in one way of writing it."""
    text = json.dumps(_without_docs(source), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def broken(directory: Path) -> Iterator[Violation]:
    """What the directory's ids.json and avro/ have otherwise than was sealed."""
    pinned, files, seals = _pinned(directory), _files(directory), _seals(directory)
    yield from _pins(pinned, files)
    for name, seal in seals.items():
        if name not in files or name not in pinned:
            yield Violation(
                "removed_version", name, "", f"stored bytes carry its id {seal['id']}: put file and id back"
            )
            continue
        if pinned[name] != seal["id"]:
            yield Violation("changed_id", name, "", f"stored bytes carry {seal['id']}, ids.json says {pinned[name]}")
        if fingerprint(files[name]) != seal["sha256"]:
            why = (
                "it was committed and its id names bytes in logs: put it back as it was, and make a new version instead"
            )
            yield Violation("altered_version", name, "", why)
    for name in sorted(pinned.keys() - seals.keys()):
        yield Violation("unsealed_version", name, "", "seal it: python -m schemas.tools.compatibility --seal")


def seal(directory: Path) -> list[str]:
    """Seal the versions that have no seal; what is sealed stays as it is. The names of the new ones."""
    pinned, files, seals = _pinned(directory), _files(directory), _seals(directory)
    new = [name for name in pinned if name not in seals and name in files]
    added = {name: {"id": pinned[name], "sha256": fingerprint(files[name])} for name in new}
    (directory / FILE).write_text(json.dumps(seals | added, indent=2) + "\n")
    return new


def _pins(pinned: dict[str, int], files: dict[str, Any]) -> Iterator[Violation]:
    ids = list(pinned.values())
    for name, schema_id in pinned.items():
        if ids.count(schema_id) > 1:
            yield Violation("reused_id", name, "", f"id {schema_id} is given twice: take the next free one")
    for name in sorted(files.keys() - pinned.keys()):
        yield Violation("missing_id", name, "", f"give it the next free id in ids.json, {max(ids, default=0) + 1}")


def _pinned(directory: Path) -> dict[str, int]:
    found: dict[str, int] = json.loads((directory / "ids.json").read_text())
    return found


def _files(directory: Path) -> dict[str, Any]:
    return {path.stem: source_of(path) for path in sorted((directory / "avro").glob("*.avsc"))}


def _seals(directory: Path) -> Seals:
    path = directory / FILE
    found: Seals = json.loads(path.read_text()) if path.exists() else {}
    return found


def _without_docs(kind: Any) -> Any:
    if isinstance(kind, list):
        return [_without_docs(each) for each in kind]
    if isinstance(kind, dict):
        # A default may be a map that has a key of that name.
        return {key: value if key == "default" else _without_docs(value) for key, value in kind.items() if key != "doc"}
    return kind
