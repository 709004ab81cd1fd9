"""docs/glossary.md: each term once, in order, with the file or page where it lives (test_references.py: they exist)."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
ROWS = re.findall(r"^\| (?!term )([^|]+) \| ([^|]+) \| ([^|]+) \|$", (DOCS / "glossary.md").read_text(), re.MULTILINE)


def test_terms_are_sorted_and_unique() -> None:
    terms = [term.casefold() for term, _, _ in ROWS]
    assert len(terms) >= 40
    assert terms == sorted(set(terms))


def test_every_term_has_a_meaning_and_a_place() -> None:
    for term, meaning, where in ROWS:
        assert len(meaning.split()) >= 5, term
        assert re.fullmatch(r"`[\w./]+`|\[[\w.-]+\]\([\w.#-]+\)", where), term


def test_every_row_of_the_table_is_read() -> None:
    assert len(ROWS) == (DOCS / "glossary.md").read_text().count("\n| ") - 1


def test_the_readme_and_the_architecture_lead_there() -> None:
    assert "(docs/glossary.md)" in (DOCS.parent / "README.md").read_text()
    assert "(glossary.md)" in (DOCS / "architecture.md").read_text()
