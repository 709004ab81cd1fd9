"""Mappings by name: JSON files in a directory, and those that are shipped with the package (docs/exports.md)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from schemas.errors import InvalidInput
from sources.files.json_rows import parse_object

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_FORMS: Mapping[str, type | tuple[type, ...]] = {
    "columns": dict,
    "constants": dict,
    "values": dict,
    "empty": list,
    "date_format": (str, type(None)),
    "timezone": str,
    "optional": list,
    "layout": dict,
}
_LAYOUT = {"records", "sheet", "delimiter", "encoding"}
_REQUIRED = {"columns", "constants"}
_SHIPPED = files("sources.files") / "shipped"


def write(directory: Path, name: str, content: Mapping[str, Any]) -> Path:
    """Write `name`.json below `directory`, replacing one of that name."""
    path = _file(directory, name)
    directory.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps({"version": 1, **content}, indent=2) + "\n", encoding="utf-8")
    draft.replace(path)
    return path


def read(directory: Path, name: str) -> dict[str, Any]:
    """What was written as `name`, or is shipped under it, by part. Raises InvalidInput when there is none or it is broken."""
    path = _file(directory, name)
    saved: dict[str, Any] = parse_object(path.read_bytes() if path.is_file() else _shipped(directory, name))
    parts = {part: saved[part] for part in _FORMS if part in saved}
    if not _is_right(parts) or not parts.keys() >= _REQUIRED:
        raise InvalidInput(f"{path.name} is not a saved mapping; save it again", field="mapping", reason="broken")
    return parts


def shipped() -> list[str]:
    """The names of the mappings that come with the package."""
    return sorted(one.name.removesuffix(".json") for one in _SHIPPED.iterdir() if one.name.endswith(".json"))


def _shipped(directory: Path, name: str) -> bytes:
    if name in shipped():
        return _SHIPPED.joinpath(f"{name}.json").read_bytes()
    saved = ", ".join(sorted(other.stem for other in directory.glob("*.json"))) or "none yet"
    raise InvalidInput(
        f"no mapping named {name!r}; saved are: {saved}; shipped are: {', '.join(shipped())}",
        field="mapping",
        reason="unknown",
    )


def _is_right(parts: Mapping[str, Any]) -> bool:
    layout: Mapping[str, Any] = parts.get("layout", {})
    return (
        all(isinstance(value, _FORMS[part]) for part, value in parts.items())
        and all(isinstance(one, dict) for one in parts.get("values", {}).values())
        and layout.keys() <= _LAYOUT
        and all(isinstance(value, str) for value in layout.values())
    )


def _file(directory: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise InvalidInput(
            f"{name!r} is no name for a mapping; use a-z, 0-9, - and _, at most 64", field="mapping", reason="name"
        )
    return directory / f"{name}.json"
