"""One stack for all pages, and for each page a shell in which its commands are typed one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.docs.library import Library
from tests.docs.reader import Reader
from tests.docs.shell import environment, shell
from tests.e2e.pipeline import Pipeline

Readers: TypeAlias = Callable[[str], Reader]
GIVEN: dict[str, Callable[[Library], None]] = {
    "docs/dead-letters.md": Library.have_reviews_of_an_unknown_tenant,
}
"""What a page needs besides the reviews of README.md."""


@pytest.fixture(scope="package")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The stack, in the data directory of a clone."""
    clone = Path(tmp_path_factory.mktemp("docs")) / "clone"
    made = Library(clone, Pipeline(clone / ".reviewstream"))
    made.make()
    made.stack.ok("up", "--detach")
    try:
        yield made
    finally:
        made.stack.ok("down")


@pytest.fixture(scope="package")
def readers(library: Library) -> Iterator[Readers]:
    """The reader of a page: of README.md in a new clone, of another page after that one."""
    with ExitStack() as closing:
        known: dict[str, Reader] = {}

        def reader_of(page: str) -> Reader:
            if page not in known:
                env = environment()
                if page != "README.md":
                    env = environment(library.clone / ".venv/bin")
                    library.have_reviews()
                    GIVEN.get(page, lambda _: None)(library)
                notes = library.clone.parent / page.replace("/", "-")
                known[page] = Reader(page, closing.enter_context(shell(library.clone, notes, env)), library)
            return known[page]

        yield reader_of
