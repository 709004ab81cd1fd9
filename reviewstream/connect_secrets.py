"""The embedded Connect's file of secrets, a Java properties file that its FileConfigProvider reads."""

from __future__ import annotations

from pathlib import Path

from embedded.datadir import write_private
from embedded.java_properties import escaped


def put(file: Path, key: str, value: str) -> None:
    """Set one key."""
    lines = file.read_text().splitlines() if file.exists() else []
    kept = [line for line in lines if not line.startswith(f"{key}=")]
    write_private(file, "\n".join([*kept, f"{key}={escaped(value)}", ""]))
