"""The fenced blocks of the pages with their commands, and the notes above them: what is not run as it stands, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = tuple(str(page.relative_to(ROOT)) for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))))
FENCE = re.compile(r"^ *```(\S*)$")
NOTE = re.compile(r"^ *<!-- (not run|run dry|run long)((?: `[^`]+`,?)*): (.+) -->$")
COMMENT = re.compile(r"(?:^|\s{2,})# (.*)$")
SETTINGS = re.compile(r"^(?:[A-Z_]+=\S+ +)+")
"""What may stand before a command's name, as in `NAME=value command`."""


@dataclass(frozen=True)
class Note:
    """`<!-- HOW: REASON -->`, or `<!-- HOW `COMMAND`, `COMMAND`: REASON -->` about the commands that begin so."""

    how: str
    commands: tuple[str, ...]
    reason: str

    def is_about(self, command: str) -> bool:
        """Whether it says how this command is run. Without commands it is about the whole block."""
        return not self.commands or SETTINGS.sub("", command).startswith(self.commands)


@dataclass(frozen=True)
class Command:
    """What a reader types; `exits` with that code. `how`: as its note says, empty without one."""

    text: str
    exits: int
    how: str


@dataclass(frozen=True)
class Block:
    """A fenced block; `line` is that of its fence."""

    page: str
    line: int
    language: str
    text: str
    notes: tuple[Note, ...]

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def commands(self) -> tuple[Command, ...]:
        """Those of a console; where lines begin with `$ ` these alone, since the others are what was printed."""
        if self.language != "console":
            return ()
        lines = re.sub(r"\\\n *", "", self.text).splitlines()
        typed = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")] or lines
        return tuple(self._command(line) for line in typed if COMMENT.sub("", line))

    @property
    def runs(self) -> bool:
        """Whether any of it is run."""
        if self.language == "console":
            return any(command.how != "not run" for command in self.commands)
        return self.language == "python" and not any(note.how == "not run" for note in self.notes)

    @property
    def long(self) -> bool:
        """Whether `make test` leaves it to `make test-all`."""
        return any(note.how == "run long" for note in self.notes)

    def _command(self, line: str) -> Command:
        text, comment = COMMENT.sub("", line), COMMENT.search(line)
        code = re.match(r"exits (\d+)\b", comment[1]) if comment else None
        how = next((note.how for note in self.notes if note.is_about(text)), "")
        return Command(text, int(code[1]) if code else 0, how)


def blocks(page: str, text: str | None = None) -> Iterator[Block]:
    """Every fenced block of a page, in order; `text` is the page's own unless given."""
    lines = ((ROOT / page).read_text() if text is None else text).splitlines()
    fences = [number for number, line in enumerate(lines) if line.lstrip().startswith("```")]
    for begin, end in zip(fences[::2], fences[1::2], strict=True):
        opening = FENCE.match(lines[begin])
        assert opening, f"{page}:{begin + 1}: a fence is ``` and the language, nothing else"
        indent = len(lines[begin]) - len(lines[begin].lstrip())
        inside = "".join(f"{line[indent:]}\n" for line in lines[begin + 1 : end])
        yield Block(page, begin + 1, opening[1], inside, _above(lines[:begin]))


def every_block() -> list[Block]:
    """README.md first, then the others by name."""
    return [block for page in PAGES for block in blocks(page)]


def _above(lines: list[str]) -> tuple[Note, ...]:
    """The notes directly above a fence."""
    return _notes(takewhile(lambda line: line.lstrip().startswith("<!-- "), reversed(lines)))


def _notes(lines: Iterable[str]) -> tuple[Note, ...]:
    found = []
    for line in lines:
        note = NOTE.match(line)
        assert note, f"{line.strip()} is no note about a block; docs/testing.md says how one is written"
        found.append(Note(note[1], tuple(re.findall(r"`([^`]+)`", note[2])), note[3]))
    return tuple(found)
