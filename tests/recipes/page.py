"""The recipes of docs/extending.md: whole files, blocks for existing ones, entries of tables, commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

PAGE = Path(__file__).parents[2] / "docs/extending.md"
FENCED = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
NOTES = re.compile(r"(?:^ *<!-- .* -->\n)+\Z", re.MULTILINE)
"""Directly above a fence: how tests/docs takes it."""
ABOVE = re.compile(r"above `(\w+)` of `([^`]+)`")
FILE = re.compile(r"`([\w.-]+(?:/[\w.-]+)+\.\w+)`")
ENTRY = re.compile(
    r"one entry in (?:`(\w+)` of )?`([^`]+)`:\s+`([^`]+)`(?:,\s+imported\s+by\s+`([^`]+)`)?", re.IGNORECASE
)
VALUE = re.compile(r"`(\w+)` of `([^`]+)` is now `([^`]+)`")


@dataclass(frozen=True)
class Written:
    """A file, or what stands above the statement that assigns `above` in it."""

    file: str
    text: str
    above: str = ""


@dataclass(frozen=True)
class Entry:
    """A line of a table; `table` is empty where the file is the table. `imported` is how its file knows the name."""

    table: str
    file: str
    line: str
    imported: str


def section(title: str) -> str:
    """What the page has below that heading."""
    return PAGE.read_text().split(f"\n## {title}\n")[1].split("\n## ")[0]


def block(title: str, language: str) -> str:
    """The one block in that language below that heading."""
    (found,) = (text for of, text, _ in _blocks(section(title)) if of == language)
    return found


def written(recipe: str) -> list[Written]:
    """Each block by its file, which the paragraph before names."""
    return [_written(text, before) for language, text, before in _blocks(recipe) if language != "console"]


def entries(recipe: str) -> list[Entry]:
    """Every `one entry in …`."""
    return [Entry(*found) for found in ENTRY.findall(FENCED.sub("", recipe))]


def values(recipe: str) -> list[tuple[str, str, str]]:
    """(name, file, value) of every `… is now …`."""
    return VALUE.findall(FENCED.sub("", recipe))


def commands(recipe: str) -> list[str]:
    """Every line of its console."""
    return [line for language, text, _ in _blocks(recipe) if language == "console" for line in text.splitlines()]


def _blocks(recipe: str) -> Iterator[tuple[str, str, str]]:
    """(language, text, the paragraph before)."""
    for found in FENCED.finditer(recipe):
        yield found[2], dedent(found[3]), NOTES.sub("", recipe[: found.start()]).rstrip().rpartition("\n\n")[2]


def _written(text: str, before: str) -> Written:
    if above := ABOVE.search(before):
        return Written(above[2], text, above[1])
    file = FILE.search(before)
    assert file is not None, f"no file is named before {text}"
    return Written(file[1], text)
