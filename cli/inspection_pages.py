"""How a look at a file is shown."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.table import Column, Table

from cli.common import out, print_json
from cli.console import LineConsole
from sources.inspection.dry_run import DryRun
from sources.inspection.fields import FieldFound
from sources.inspection.inspection import Inspection

_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_MOST_NAMED = 12


def jsonable(found: Inspection) -> dict[str, Any]:
    """For --json: everything but the mapping object."""
    parts = {name: getattr(found, name) for name in ("file", "looked_at", "whole", "valid", "metadata")}
    parts |= {
        name: getattr(found, name) and asdict(getattr(found, name)) for name in ("how", "ids", "dates", "ratings")
    }
    parts["fields"] = [asdict(one) for one in found.fields]
    parts["findings"] = [asdict(one) for one in found.findings]
    return parts


def show(found: Inspection, console: LineConsole) -> None:
    """The whole look, what speaks against sending last."""
    console.print(f"{found.file}: {_how(found)}; {_extent(found)}")
    if found.fields:
        console.print(_table(found))
    for line in _summary(found):
        console.print(line)
    for text in found.notes:
        console.print(f"note: {text}")
    for finding in found.refusals:
        console.print(f"refused: {finding.text}")


def show_dry_run(run: DryRun, *, as_json: bool) -> None:
    """What would become of the rows, on stdout."""
    if as_json:
        print_json(run)
        return
    console = out
    repeats = f", of which {run.repeats} have the id of another row" if run.repeats else ""
    console.print(
        f"dry run: {run.rows} rows, {run.valid} valid{repeats}, {run.rejected} would be rejected; nothing was sent"
    )
    if not run.compared:
        console.print("the ids beyond the first million were not compared with each other")
    for kind in run.kinds:
        where = f"first in line {kind.line}"
        console.print(f"{kind.count} {kind.reason}, {where}: {kind.error}")


def _how(found: Inspection) -> str:
    how = found.how
    parts = [how.format]
    if how.delimiter is not None:
        parts.append(f"delimiter {_NAMES.get(how.delimiter, how.delimiter)}")
    if how.backslash:
        parts.append("backslashes escape")
    if how.above:
        parts.append(f"{how.above} lines above the header")
    parts += [f"records at {how.records}"] * bool(how.records)
    parts += [f"sheet {how.sheet}"] * bool(how.sheet)
    parts += [how.encoding] * bool(how.encoding)
    parts += [how.packed] * bool(how.packed)
    return ", ".join(parts)


def _extent(found: Inspection) -> str:
    if found.whole:
        return f"all {found.looked_at} rows were looked at, {found.valid} are valid"
    where = "its beginning and from eight places" if found.how.seekable else "its beginning"
    return f"{found.looked_at} rows of {where} were looked at, {found.valid} are valid"


def _table(found: Inspection) -> Table:
    table = Table(
        "field",
        Column("column", overflow="fold"),
        "how",
        Column("empty", justify="right"),
        Column("values", overflow="fold"),
    )
    for one in found.fields:
        column = "the same for all rows" if one.column is None else one.column
        table.add_row(one.field, column, one.how, _share(one), " | ".join(one.values))
    return table


def _share(one: FieldFound) -> str:
    if one.empty in {0.0, 1.0}:
        return f"{one.empty:.0%}"
    return "<1%" if one.empty < 0.01 else f"{min(one.empty, 0.99):.0%}"


def _summary(found: Inspection) -> list[str]:
    lines = []
    if found.ids:
        of = found.ids
        which = "ids made of author, date and words" if of.derived else "ids"
        different = "all different" if of.different == of.reviews else f"{of.different} different in {of.reviews} rows"
        lines.append(f"{which}: {different}")
    if found.dates:
        lines.append(f"published from {found.dates.first:%Y-%m-%d} to {found.dates.last:%Y-%m-%d}")
    if found.ratings:
        one = found.ratings
        lines.append(f"ratings from {one.lowest:g} to {one.highest:g} on a scale from {one.worst:g} to {one.best:g}")
    others = [f"{one.field}: {', '.join(one.alternatives)}" for one in found.fields if one.alternatives]
    if others:
        lines.append(f"other columns that might be meant: {'; '.join(others)}")
    if found.metadata:
        more = f" and {len(found.metadata) - _MOST_NAMED} more" if len(found.metadata) > _MOST_NAMED else ""
        lines.append(f"metadata: {', '.join(found.metadata[:_MOST_NAMED])}{more}")
    return lines
