"""Text of code, told from text of data: only what stands as a literal in the source file is code.

A call's arguments are read from the syntax tree of the file that it stands in. What a literal says anybody can read
there; what was put in between, by an f-string, `%`, `+` or `format`, is a gap. A message is shown as its literal parts,
so that nothing is ever shown that is not in the source already.
"""

from __future__ import annotations

import ast
import re
import string
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain, product
from pathlib import Path
from typing import TypeAlias

Template: TypeAlias = str
"""The literal parts of a text, with a GAP for each thing that is put in between."""
Names: TypeAlias = Mapping[str, list[ast.expr]]
GAP, MASK = "\0", "***"
MAX_BYTES, MAX_CHOICES = 262_144, 16
"""Larger files are not read; further ways of making one text are passed over."""
_PRINTF = re.compile(r"%(?:%|(?:\(\w*\))?[#0\- +]*[*\d]*(?:\.[*\d]+)?[hlL]?[a-zA-Z])")


def said(text: str, path: str, line: int, *, whole: bool = False) -> str | None:
    """What of `text` a call at that line says by literals, `***` for the rest; None where no literal made it.

    With `whole`, only a literal that is all of `text` counts.
    """
    return shown(text, (each for each in literals(path, line) if not (whole and GAP in each)))


def shown(text: str, templates: Iterable[Template]) -> str | None:
    """The template that tells most of `text`, `***` for its gaps; None where none fits."""
    fitting = [each for each in templates if _fits(each, text)]
    return max(fitting, key=len).replace(GAP, MASK) if fitting else None


def is_source(path: str) -> bool:
    """Whether that is the name of a Python file, and not one that somebody made up for what he compiled."""
    return path.endswith(".py") and Path(path).is_file()


@lru_cache(maxsize=1024)
def literals(path: str, line: int) -> tuple[Template, ...]:
    """What the calls that cover that line can say. Nothing where the file has no readable source."""
    try:
        if not is_source(path) or Path(path).stat().st_size > MAX_BYTES:
            return ()
        with tokenize.open(path) as file:
            tree = ast.parse(file.read())
        return tuple(chain.from_iterable(_arguments(*each) for each in _calls(tree, _assigned(tree.body), line)))
    except (OSError, SyntaxError, ValueError, RecursionError):
        return ()


def _calls(node: ast.AST, names: Names, line: int) -> Iterator[tuple[ast.Call, Names]]:
    """Every call that covers the line, with what is assigned to the names that it can see."""
    for child in ast.iter_child_nodes(node):
        if not getattr(child, "lineno", line) <= line <= (getattr(child, "end_lineno", None) or line):
            continue
        inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        seen = {**names, **_assigned(ast.walk(child))} if inside else names
        if isinstance(child, ast.Call):
            yield child, seen
        yield from _calls(child, seen, line)


def _assigned(nodes: Iterable[ast.AST]) -> Names:
    found: dict[str, list[ast.expr]] = {}
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found.setdefault(name, []).append(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found.setdefault(name, []).append(value)
    return found


def _arguments(call: ast.Call, names: Names) -> Iterator[Template]:
    for given in (*call.args, *(keyword.value for keyword in call.keywords)):
        for template in _templates(given, names):
            if any(letter.isalpha() for letter in template):
                yield re.sub(f"{GAP}+", GAP, template)


def _templates(node: ast.expr, names: Names) -> list[Template]:
    """The texts that an expression can be, as far as its literals tell."""
    found = [GAP]
    match node:
        case ast.Constant(value=str() as text):
            found = [text]
        case ast.JoinedStr(values=parts):
            found = ["".join(_templates(part, {})[0] for part in parts)]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            found = list(map("".join, product(_templates(left, names), _templates(right, names))))
        case ast.BinOp(left=left, op=ast.Mod()):
            found = [_PRINTF.sub(_gap, each) for each in _templates(left, names)]
        case ast.Call(func=ast.Attribute(value=value, attr="format")):
            found = [_format(each) for each in _templates(value, names)]
        case ast.IfExp(body=body, orelse=orelse):
            found = _templates(body, names) + _templates(orelse, names)
        case ast.Name(id=name) if name in names:
            found = [each for value in names[name] for each in _templates(value, {})]
    return found[:MAX_CHOICES]


def _gap(conversion: re.Match[str]) -> Template:
    return "%" if conversion[0] == "%%" else GAP


def _format(template: Template) -> Template:
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError:
        return GAP
    return "".join(text if field is None else text + GAP for text, field, _, _ in parts)


def _fits(template: Template, text: str) -> bool:
    """Whether `text` has these parts in this order, from its very start to its very end."""
    if GAP not in template:
        return text == template
    first, *middle, last = template.split(GAP)
    at, end = len(first), len(text) - len(last)
    if at > end or not text.startswith(first) or not text.endswith(last):
        return False
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
