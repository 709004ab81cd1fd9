"""The embedded Connect's file of secrets, a Java properties file that its FileConfigProvider reads."""

from __future__ import annotations

from pathlib import Path

from embedded.datadir import write_private


def put(file: Path, key: str, value: str) -> None:
    """Set one key. A backslash begins an escape in a properties file, so it is doubled."""
    lines = file.read_text().splitlines() if file.exists() else []
    kept = [line for line in lines if not line.startswith(f"{key}=")]
    escaped = value.replace("\\", "\\\\")
    write_private(file, "\n".join([*kept, f"{key}={escaped}", ""]))
