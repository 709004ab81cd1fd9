"""`doctor`: are the servers reachable, secure, and usable with our rights?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Column, Table
from rich.text import Text

from cli.common import data_dir_option, err, json_option, out, print_json
from reviewstream.bootstrap import Bootstrap
from reviewstream.doctor import content
from reviewstream.doctor.findings import Finding, Level
from reviewstream.doctor.run import examine
from reviewstream.entry import connected
from schemas.errors import VerificationFailed

STYLE = {Level.OK: "green", Level.WARNING: "yellow", Level.PROBLEM: "bold red"}


@click.command()
@json_option
@data_dir_option
def doctor(as_json: bool, data_dir: Path | None) -> None:
    """Examine every server: reachable, version, TLS, rights, clock. Exits 1 when a worker would fail."""
    with err.status("examining the servers"):
        settings = connected(data_dir)
        found = examine(settings)
        # Asked only of servers that accept us: drivers wait long for the others, and the findings say so already.
        if not any(finding.level is Level.PROBLEM for finding in found):
            with Bootstrap(settings, process="doctor") as parts:
                found += content.examine(parts.recovery.inspect())
    problems = [finding for finding in found if finding.level is Level.PROBLEM]
    if as_json:
        print_json({"ok": not problems, "findings": [asdict(finding) for finding in found]})
    else:
        out.print(table(found))
    if problems:
        raise VerificationFailed(f"{len(problems)} of {len(found)} checks failed; the last column says what to do")


def table(found: Sequence[Finding]) -> Table:
    """One row for each finding."""
    made = Table(
        *(Column(name, no_wrap=True) for name in ("server", "check", "level")),
        *("found", Column("what to do", overflow="fold")),
    )
    for finding in found:
        level = Text(finding.level.value, STYLE[finding.level])
        made.add_row(finding.subject, finding.check, level, Text(finding.detail), Text(finding.fix))
    return made
