"""Closed classes of English words, words that begin clauses, and nouns that are often or never what is judged: words.txt."""

from __future__ import annotations

from importlib.resources import files


def _kinds() -> dict[str, frozenset[str]]:
    found: dict[str, list[str]] = {}
    kind: list[str] = []
    for line in files(__package__).joinpath("words.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            kind = found.setdefault(line.removeprefix("= "), [])
        elif not line.startswith("#"):
            kind += line.split()
    return {name: frozenset(words) for name, words in found.items()}


_KINDS = _kinds()
DETERMINERS, PRONOUNS, PREPOSITIONS = _KINDS["determiners"], _KINDS["pronouns"], _KINDS["prepositions"]
COPULAS, AUXILIARIES, DEGREES = _KINDS["copulas"], _KINDS["auxiliaries"], _KINDS["degrees"]
FUNCTION = DETERMINERS | PRONOUNS | PREPOSITIONS | COPULAS | AUXILIARIES | _KINDS["other function"]
"""Never part of a term."""
CONTRAST, AFTER_COMMA, OPENING = _KINDS["contrast"], _KINDS["after comma"], _KINDS["opening"]
SUBJECTS, CLAUSE_VERBS, ABBREVIATED = _KINDS["subjects"], _KINDS["clause verbs"], _KINDS["abbreviated"]
TIMES, GENERIC, USUAL = _KINDS["times"], _KINDS["generic"], _KINDS["usual"]
