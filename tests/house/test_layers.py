"""Who may know the composition root: the top, and commands, which hand on what a use case needs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from operations.error_table import EXIT_CODES, exit_code
from schemas import errors

ROOT = Path(__file__).parents[2]
MAY_TAKE_IT = ("reviewstream/workers/", "reviewstream/commands/", "reviewstream/entry.py", "reviewstream/migrations.py",
               "reviewstream/bootstrap.py", "cli/")  # fmt: skip
ITSELF, BASES = "reviewstream.bootstrap", ("reviewstream.clients", "reviewstream.wiring")
GROUPS = "reviewstream/wiring/"
"""What the root consists of: groups of parts that take what they share, and not the root."""
TESTS = ("tests/", "benchmarks/")


def modules() -> list[Path]:
    """Every module of the product."""
    rooms = [path.parent for path in ROOT.glob("*/__init__.py") if not f"{path.parent.name}/".startswith(TESTS)]
    return [module for room in rooms for module in room.rglob("*.py")]


def mentions(module: Path, of: tuple[str, ...] = (ITSELF, *BASES)) -> Iterator[str]:
    """Where a module imports the root or what it consists of, if only for its type, or takes it as a parameter."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(of):
            yield f"line {node.lineno} imports {node.module}"
        if isinstance(node, ast.arg) and node.annotation and "Bootstrap" in ast.unparse(node.annotation):
            yield f"line {node.lineno} takes it as {node.arg}"


def test_nothing_below_the_top_takes_the_composition_root() -> None:
    names = {str(module.relative_to(ROOT)): module for module in modules()}
    assert {"cli/common.py", "operations/replay.py", "reviewstream/bootstrap.py"} <= names.keys()
    below = {name: module for name, module in names.items() if not name.startswith((*MAY_TAKE_IT, GROUPS))}
    found = {name: list(mentions(module)) for name, module in below.items()}
    assert {name: where for name, where in found.items() if where} == {}


def test_what_the_root_consists_of_does_not_take_the_root() -> None:
    groups = [module for module in modules() if str(module.relative_to(ROOT)).startswith(GROUPS)]
    assert len(groups) > 5
    assert {module.name: where for module in groups if (where := list(mentions(module, (ITSELF,))))} == {}


def test_the_scan_sees_who_takes_it(tmp_path: Path) -> None:
    module = tmp_path / "taker.py"
    module.write_text("from reviewstream.bootstrap import Bootstrap\ndef f(parts: Bootstrap | None) -> None: ...\n")
    assert list(mentions(module)) == ["line 1 imports reviewstream.bootstrap", "line 2 takes it as parts"]


def tree(kind: type[errors.ReviewstreamError]) -> Iterator[type[errors.ReviewstreamError]]:
    """A class of errors and all below it."""
    yield kind
    for below in kind.__subclasses__():
        yield from tree(below)


@pytest.mark.parametrize("kind", sorted(tree(errors.ReviewstreamError), key=lambda kind: kind.__name__))
def test_every_error_has_an_exit_code(kind: type[errors.ReviewstreamError]) -> None:
    error = kind.__new__(kind)
    assert exit_code(error) == (2 if isinstance(error, errors.InvalidInput) else 1)
    assert set(EXIT_CODES.values()) == {1, 2}
