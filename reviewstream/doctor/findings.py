"""What an examination finds. Texts never contain a whole URL, a password, or user content."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Severity of a finding."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check of one subject, which is named as in the settings. `fix` says what to do where it is not ok."""

    subject: str
    check: str
    level: Level
    detail: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """Builds the findings about one server."""

    name: str

    @property
    def setting(self) -> str:
        """The environment variable with its URL."""
        return f"REVIEWSTREAM_{self.name.upper()}_URL"

    def ok(self, check: str, detail: str) -> Finding:
        """As it should be."""
        return Finding(self.name, check, Level.OK, detail)

    def warning(self, check: str, detail: str, fix: str) -> Finding:
        """Works, but should be changed."""
        return Finding(self.name, check, Level.WARNING, detail, fix)

    def problem(self, check: str, detail: str, fix: str) -> Finding:
        """Workers fail."""
        return Finding(self.name, check, Level.PROBLEM, detail, fix)

    def at_least(self, found: str, minimum: int) -> Finding:
        """Whether a version such as `15.3` is at least that major one."""
        major = int("".join(char for char in found.split(".", maxsplit=1)[0] if char.isdigit()) or 0)
        if major >= minimum:
            return self.ok("version", found)
        return self.problem("version", f"{found}, and {minimum} is the oldest supported", "update the server")


Findings = Iterator[Finding]
