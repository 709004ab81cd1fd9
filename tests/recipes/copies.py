"""A copy of the product, in which a recipe is followed."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

from tests.recipes import page
from tests.untraced import untraced

ROOT = Path(__file__).parents[2]
ROOMS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]


@dataclass
class Copy:
    """Every room below `code`."""

    code: Path

    def make(self, *further: str) -> None:
        """Copy the rooms, and further folders."""
        for each in (*ROOMS, *further):
            shutil.copytree(ROOT / each, self.code / each, ignore=shutil.ignore_patterns("__pycache__"))

    def python(self, *argv: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Whatever it exits with; modules are those of the copy."""
        return self._run([sys.executable, *argv], **environment)

    def printed(self, *argv: str) -> str:
        """The standard output of a program that must succeed."""
        return _succeeded(self.python(*argv))

    def follow(self, recipe: str) -> None:
        """Write and run all that it says."""
        for each in page.written(recipe):
            self._write(each)
        for name, file, value in page.values(recipe):
            self._rewrite(file, name, lambda old, value=value: f"{old.partition(' = ')[0]} = {value}")
        for entry in page.entries(recipe):
            self._enter(entry)
        for command in page.commands(recipe):
            _succeeded(self._run(["sh", "-c", command]))

    def _write(self, what: page.Written) -> None:
        path = self.code / what.file
        if what.above:
            self._rewrite(what.file, what.above, lambda old: f"{what.text}\n\n{old}")
        else:
            assert not path.exists(), f"{path} is there already"
            path.parent.mkdir(exist_ok=True)
            path.write_text(what.text)

    def _enter(self, entry: page.Entry) -> None:
        path = self.code / entry.file
        if entry.table:
            self._rewrite(entry.file, entry.table, lambda old: with_entry(old, entry.line))
            path.write_text(with_import(path.read_text(), entry.imported))
        else:
            table = json.loads(path.read_text()) | json.loads(f"{{{entry.line}}}")
            path.write_text(json.dumps(table, indent=2) + "\n")

    def _rewrite(self, file: str, name: str, change: Callable[[str], str]) -> None:
        path = self.code / file
        source = path.read_text()
        old = assigned(source, name)
        assert source.count(old) == 1
        path.write_text(source.replace(old, change(old)))

    def _run(self, argv: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        env = {**untraced(), "PYTHONPATH": str(self.code), "PATH": path, **environment}
        return subprocess.run(argv, cwd=self.code, env=env, capture_output=True, text=True, timeout=300, check=False)


def assigned(source: str, name: str) -> str:
    """The statement of a module that assigns the name."""
    for node in ast.parse(source).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if [target.id for target in targets if isinstance(target, ast.Name)] == [name]:
            return ast.get_source_segment(source, node) or ""
    raise LookupError(f"nothing is called {name}")


def with_entry(table: str, line: str) -> str:
    """The statement with a further line at its end, or in place of the line with the same key."""
    key, colon, _ = line.partition(": ")
    for old in table.splitlines():
        if colon and old.strip().startswith(key + colon):
            return table.replace(old, indent(line, " " * 4))
    body, close = table[:-1].rstrip(), table[-1]
    comma = "" if line.startswith("|") or body.endswith((",", "(", "{", "[")) else ","
    return f"{body}{comma}\n    {line}\n{close}"


def with_import(source: str, line: str) -> str:
    """The module with one more import."""
    first = "from __future__ import annotations\n"
    assert source.count(first) == 1
    return source.replace(first, f"{first}\n{line}\n") if line else source


def _succeeded(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, f"{done.args}\n{done.stdout}{done.stderr}"
    return done.stdout
