"""What the pages name exists: files, modules with what is in them, commands of `reviewstream`, other pages."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from reviewstream.main import cli

ROOT = Path(__file__).parents[2]
PAGES = {str(page.relative_to(ROOT)): page for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))}
MADE = re.compile(
    r"^deploy/secrets\b|translate|collection_job|watchlist|postgres/(sql/)?languages\b|postgres\.languages\b"
)
"""What a script makes, and what the recipes of docs/extending.md invent."""
FOLDERS = sorted(path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith("."))
PACKAGES = [name for name in FOLDERS if list((ROOT / name).glob("*.py"))]
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
PATH = re.compile(  # but for docs/s, a rate; without a folder only what cannot be anything else
    rf"(?<![\w./-])(?:(?:{'|'.join(FOLDERS)})/(?!s\b)[\w./*<>-]*|[\w-]+\.(?:py|sql|avsc|sh)\b)"
)
MODULE = re.compile(rf"(?<![\w./-])(?:{'|'.join(PACKAGES)})(?:\.[A-Za-z_]\w*)+\b(?!/)")
COMMAND = re.compile(r"(?:^|(?<=`)|(?<=&& ))(?:rs|reviewstream) ([a-z][^`\n#…&]*)", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)")


def code(text: str) -> Iterator[str]:
    """Fenced blocks, and what stands in backticks outside them."""
    yield from FENCED.findall(text)
    yield from re.findall(r"`[^`\n]+`", FENCED.sub("", text))


def exists(path: str) -> bool:
    """Whether the repository or tests/ has that path or, without a folder, a file of that name; `<name>` and NAME are any."""
    pattern = re.sub(r"<\w+>|\bNAME\b", "*", path.rstrip("/."))
    places = [ROOT, ROOT / "tests"] if "/" in path else [ROOT, *(ROOT / folder for folder in FOLDERS)]
    return any(
        True
        for place in places
        for _ in (place.glob(pattern) if place == ROOT or "/" in path else place.rglob(pattern))
    )


def resolves(dotted: str) -> bool:
    """Whether a module has that name, or something in one."""
    try:
        pkgutil.resolve_name(dotted)
    except (ImportError, AttributeError):
        return False
    return True


def missing(text: str) -> set[str]:
    """The paths and dotted names in a page's code that lead nowhere."""
    spans = list(code(text))
    paths = {path for span in spans for path in PATH.findall(span) if not exists(path)}
    modules = {name for span in spans for name in MODULE.findall(span) if not resolves(name)}
    return {name for name in paths | modules if not MADE.search(name)}


def unknown(arguments: str) -> str:
    """The first command or option that `reviewstream` does not have, or nothing; values may be placeholders."""
    found: click.Command | None = cli
    for word in arguments.split():
        if isinstance(found, click.Group):
            group, context = found, click.Context(found)
            every = [group.get_command(context, name) for name in word.split("|")]
            found = every[0]
            if None in every:
                return word
        elif found and word.startswith("--") and word not in {name for each in found.params for name in each.opts}:
            return word
    return ""


def anchors(page: Path) -> set[str]:
    """The headings of a page, as links name them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_files_and_modules_that_a_page_names_exist(page: str) -> None:
    assert not missing(PAGES[page].read_text())


@pytest.mark.parametrize("page", PAGES)
def test_commands_that_a_page_shows_exist_with_their_options(page: str) -> None:
    shown = {line for span in code(PAGES[page].read_text()) for line in COMMAND.findall(span)}
    assert not {line: word for line in shown if (word := unknown(line))}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_pages_and_headings_that_exist(page: str) -> None:
    for target, anchor in LINK.findall(FENCED.sub("", PAGES[page].read_text())):
        other = PAGES[page].parent / target if target else PAGES[page]
        assert other.exists(), target
        assert not anchor or anchor in anchors(other), f"{target}#{anchor}"


def test_the_readme_leads_to_every_page() -> None:
    linked = {target.rstrip("/") for target, _ in LINK.findall(PAGES["README.md"].read_text())}
    assert {str(page.relative_to(ROOT)) for page in (ROOT / "docs").iterdir()} <= linked


def test_the_scan_notices_what_does_not_exist() -> None:
    text = "`streams/flight.py`, `flight.py`, `cli/`, `projections/postgres/sql/<name>/`, `streams.topics.INBOUND`"
    assert missing(f"{text}\n```\npython -m streams.flight\n```") == {
        "streams/flight.py",
        "flight.py",
        "streams.flight",
    }
    known = ("cdc pause|resume NAME", "replay reviews --diff", "query review ID --at 3", "deadletters list")
    assert [unknown(each) for each in known] == [""] * len(known)
    assert [unknown(each) for each in ("cdc pause|hold NAME", "sweep", "replay --anew")] == [
        "pause|hold",
        "sweep",
        "--anew",
    ]
