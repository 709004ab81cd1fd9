"""Settings that `up` was given, kept in the data directory: another shell then starts the same with fewer words.

The file holds environment variables with their values (0600, as some are URLs with passwords). What was given as the name of
a file is kept as that name.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Collection, Mapping
from pathlib import Path

from embedded.datadir import write_private
from schemas.errors import InvalidInput

FILE = "settings.json"
SUFFIX = "_FILE"
NOTHING_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)
PERSONAL = ("REVIEWSTREAM_DATA_DIR", "REVIEWSTREAM_ACTOR")
"""Never kept: where the file lies, and who works at one shell."""


def read(data_dir: Path) -> dict[str, str]:
    """What is kept, by variable. Raises InvalidInput for a file that no one can read."""
    path = data_dir / FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno in NOTHING_THERE:
            return {}
        why = error.strerror if isinstance(error, OSError) else "it is damaged"
        raise InvalidInput(f"{path} cannot be read: {why}; remove it to forget the settings kept there") from None
    return {str(name): str(value) for name, value in dict(found).items()}


def write(data_dir: Path, kept: Mapping[str, str]) -> None:
    """Replace what is kept."""
    if kept or (data_dir / FILE).exists():
        write_private(data_dir / FILE, json.dumps(dict(sorted(kept.items())), indent=1))


def merged(before: Mapping[str, str], given: Mapping[str, str], defaults: Mapping[str, str]) -> dict[str, str]:
    """What to keep once `given` is in force over `before`: a default that is given takes the place of what was kept.

    `defaults` has every variable that may be kept, without the suffix.
    """
    kept = dict(before)
    for name, default in defaults.items():
        forms = (name, name + SUFFIX)
        said = next((form for form in forms if form in given), None)
        if said is None or name in PERSONAL:
            continue
        for form in forms:
            kept.pop(form, None)
        if said != name:
            kept[said] = str(Path(given[said]).absolute())
        elif given[said] != default:
            kept[said] = given[said]
    return kept


def changes(before: Mapping[str, str], after: Mapping[str, str], secret: Collection[str]) -> list[str]:
    """What differs, a line each; values of `secret` variables are not shown."""
    lines = []
    for name in sorted({*before, *after}):
        was, now = (each.get(name) for each in (before, after))
        if was != now:
            lines.append(f"{name}: {_shown(name, now, secret)}, before: {_shown(name, was, secret)}")
    return lines


def _shown(name: str, value: str | None, secret: Collection[str]) -> str:
    if value is None:
        return "not kept"
    return "***" if name in secret else value
